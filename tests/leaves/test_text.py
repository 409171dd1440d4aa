"""Foreign text stays text."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from tdiff.text import clean_text

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
