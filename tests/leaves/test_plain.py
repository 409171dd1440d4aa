"""Output whose encoding lacks characters: others stand for them, none is spelt out, and no line changes its width."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdiff.plain import plain_in_place, write_plain_characters


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("“a fish” – 80×24 → …", '"a fish" - 80x24 -> ...'),
        ("η 0.5, x̂₀ ≥ −1", "eta 0.5, x0 >= -1"),
        ("◉○○ ━━┿ ▌▀ ⣿⠁", "@oo --+ |# ::"),
        ("café 猫 😀", "cafe ? ?"),
    ],
)
def test_what_is_written_instead(text: str, plain: str) -> None:
    written = io.TextIOWrapper(io.BytesIO(), "ascii", write_plain_characters())
    written.write(text)
    written.seek(0)
    assert written.read() == plain


@pytest.mark.parametrize("encoding", ["ascii", "iso-8859-1", "cp437", "koi8-r"])
@given(text=st.text())
def test_any_text_is_written_in_any_encoding_and_no_character_becomes_two(encoding: str, text: str) -> None:
    text.encode(encoding, write_plain_characters())
    for character in text:
        instead = plain_in_place(character, encoding)
        instead.encode(encoding)
        assert len(instead) <= 1


def test_what_an_encoding_has_is_left_alone() -> None:
    assert plain_in_place("café ×", "iso-8859-1") == "café ×"
    assert plain_in_place("café → ×", "iso-8859-1") == "café > ×"
