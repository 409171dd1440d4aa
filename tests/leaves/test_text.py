"""Foreign text stays text."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tdiff.text import clean_text, without_escapes

BIDI = {chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)}


@settings(max_examples=3000, deadline=None)
@given(st.text(st.characters(), max_size=200))
def test_nothing_that_acts_is_left(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in cleaned)
    assert not BIDI & set(cleaned)
    assert clean_text(cleaned) == cleaned


def test_ordinary_text_is_untouched() -> None:
    for text in ("a blue frog, please!", "Größe naïve 日本語 🐸", "👩‍🚀", "[bold]x[/]"):
        assert clean_text(text) == text


def test_escapes_become_visible() -> None:
    assert clean_text("a\x1b[31mb\x07") == "a␛[31mb␇"
    assert clean_text("a\nb") == "a␊b"
    assert clean_text("a\nb", newlines=True) == "a\nb"


def test_length_and_piles_of_marks_are_limited() -> None:
    assert len(clean_text("x" * 10_000, limit=100)) == 100
    assert len(clean_text("e" + "\u0301" * 50)) == 5


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("red\x1b[31mcat", "red cat"),
        ("red\u241b[31mcat", "red cat"),
        ("red\x1b[0m\x1b[1;31mcat", "red cat"),
        ("\x1b[31mred cat\x1b[0m", "red cat"),
        ("red \x1b[31mcat", "red cat"),
        ("red\x1b]8;;https://example.org\x07cat", "red cat"),
        ("red\x1b]0;title\x1b\\cat", "red cat"),
        ("red\x1bcat", "red\x1bcat"),
        ("red\x1b]0;never ended", "red\x1b]0;never ended"),
        ("[31m] is no sequence", "[31m] is no sequence"),
    ],
)
def test_escape_sequences_go_and_join_no_words(text: str, left: str) -> None:
    assert without_escapes(text) == left


@given(st.lists(st.text("abc1 é,-", max_size=5), max_size=8), st.sampled_from(["\x1b[0m", "\x1b[38;5;1m", "\x1b(B"]))
def test_sequences_between_words_never_change_the_words(parts: list[str], sequence: str) -> None:
    def words(text: str) -> list[str]:
        return re.findall(r"[^\W_]+", text)

    assert words(without_escapes(sequence.join(parts))) == [word for part in parts for word in words(part)]
