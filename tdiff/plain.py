"""ASCII in place of the characters that tdiff draws and writes with, for output whose encoding lacks them."""

import codecs
import unicodedata
from typing import Final

_INSTEAD: Final = str.maketrans(
    {
        **dict.fromkeys("“”„″", '"'),
        **dict.fromkeys("‘’′", "'"),
        **dict.fromkeys("‐‑–—−·─━┄┅┈╌═▔", "-"),
        **dict.fromkeys("│┃┆┊║‖▌▐▎▏▍▋▊▉▕", "|"),
        **dict.fromkeys("┼┿╋╂╭╮╰╯┌┐└┘├┤┬┴┏┓┗┛┠┨±", "+"),
        **dict.fromkeys("→›▶▸≥", ">"),
        **dict.fromkeys("←‹◀◂≤", "<"),
        **dict.fromkeys("↑▲△▴", "^"),
        **dict.fromkeys("↓▼▽▾✓✔", "v"),
        **dict.fromkeys("×✗✘⤫╳", "x"),
        **dict.fromkeys("◉◎", "@"),
        **dict.fromkeys("●⬤", "O"),
        **dict.fromkeys("○◌°⊙", "o"),
        **dict.fromkeys("•★☆", "*"),
        **dict(zip("▁▂▃▄▅▆▇█", "_.-=+*%#", strict=True)),
        **dict.fromkeys("▀■□▪", "#"),
        **dict(zip("░▒▓", ":=%", strict=True)),
        **dict(zip("αβγδεηθλμπστφ", "abgdenelmpstf", strict=True)),
        **dict(zip("…≈∝√∞∑ΣΔ↔⏎", ".~~V8SSD=<", strict=True)),
        **dict.fromkeys(map(chr, range(0x2801, 0x2900)), ":"),  # dots of Braille, of which curves are drawn
        "\u2800": " ",
    }
)
_LONGER: Final = {"→": "->", "←": "<-", "…": "...", "≤": "<=", "≥": ">=", "±": "+-", "η": "eta", "σ": "sigma"}
"""What may take more room, where no layout is in the way."""
_UNKNOWN: Final = "?"
_HANDLER: Final = "tdiff.plain"


def plain_in_place(text: str, encoding: str) -> str:
    """Return text that an encoding has, each character replaced by one; marks that combine with another go."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_one(character, encoding) for character in text)
    return text


def write_plain_characters() -> str:
    """Return the name of an error handler for output streams, which writes ASCII for what their encoding lacks."""
    codecs.register_error(_HANDLER, _replace)
    return _HANDLER


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_LONGER.get(character) or _ascii(character) for character in lacking), error.end


def _one(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return _ascii(character)[:1]
    return character


def _ascii(character: str) -> str:
    """What stands for a character; "" for a mark that combines with the one before."""
    instead = character.translate(_INSTEAD)
    if instead.isascii():
        return instead
    if unicodedata.combining(character):
        return ""
    parts = unicodedata.normalize("NFKD", character).translate(_INSTEAD).encode("ascii", "ignore").decode()
    return parts or _UNKNOWN
