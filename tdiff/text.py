"""Cleaning of text from outside, so that it can be shown literally and never acts."""

import json
import re
import unicodedata
from typing import Final

LIMIT: Final = 2000
"""Characters kept of a prompt or a name."""

_JOINER = "\u200d"  # joins emoji into one picture; harmless
_ENDLESS: Final = re.compile(r"(\S{100})\S{100,}(\S{40})")
_HYPHENED: Final = re.compile(r"(?<![^\s([“=×·→…–])-(?=\.?\d)")  # not in 2024-05 or file-1
_SEQUENCES: Final = re.compile(
    r"(?:[\x1b\u241b](?:"
    r"\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|[]PX^_][^\x07\x1b\u2407\u241b]*(?:[\x07\u2407]|[\x1b\u241b]\\)"  # OSC and its like, to their end
    r"|[ -/]+[0-~]"  # character sets
    r"))+"
)
_MOST_MARKS = 4  # combining marks kept on one character
_REPLACED = frozenset({"Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn"})


def clean_text(text: str, limit: int = LIMIT, newlines: bool = False) -> str:
    """Return text that is safe to print: control characters become pictures of themselves.

    C0 controls become ␀…␟, DEL becomes ␡; C1 controls, bidirectional overrides, surrogates, unassigned and
    private characters become U+FFFD; long piles of combining marks are cut. Cleaning twice changes nothing.

    Args:
        text: anything.
        limit: characters looked at; the rest is dropped.
        newlines: whether to keep line feeds.
    """
    text = text[:limit]
    if text.isascii() and text.isprintable():
        return text
    kept: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in ("Mn", "Me"):
            marks += 1
            if marks <= _MOST_MARKS:
                kept.append(character)
            continue
        marks = 0
        kept.append(_shown(character, category, newlines))
    return "".join(kept)


def clean_in_place(text: str) -> str:
    """Return text that is safe to print, character for character, so that a cursor in it stays where it is."""
    return "".join(_shown(character, unicodedata.category(character), False) for character in text)


def without_escapes(text: str) -> str:
    """Return text without the escape sequences that terminals act on, such as colours of a text that was copied.

    Words that one stood between stay apart. What only looks like the beginning of a sequence is left as it is.
    """

    def gap(found: re.Match[str]) -> str:
        before, after = text[max(found.start() - 1, 0) : found.start()], text[found.end() : found.end() + 1]
        return " " if before.isalnum() and after.isalnum() else ""

    return _SEQUENCES.sub(gap, text)


def shortened(message: str) -> str:
    """Return a message with words that no line holds, such as endless file names, cut in the middle."""
    return _ENDLESS.sub(r"\1…\2", message)


def with_minus(text: str) -> str:
    """Return text whose negative numbers have a minus sign (U+2212): for screens; commands need the hyphen."""
    return _HYPHENED.sub("−", text)


def escaped(text: str, encoding: str = "utf-8") -> str:
    """Return JSON that is safe to print: what `clean_text` would replace is escaped, line feeds stay.

    Args:
        text: JSON, in which such characters stand in strings only.
        encoding: of the output; what it lacks is escaped too.
    """

    def as_it_is(character: str) -> bool:
        return character == "\n" or (clean_text(character) == character and character in kept)

    kept = text.encode(encoding, "ignore").decode(encoding)
    return "".join(character if as_it_is(character) else json.dumps(character)[1:-1] for character in text)


def _shown(character: str, category: str, newlines: bool) -> str:
    code = ord(character)
    if character == "\n" and newlines:
        return character
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if category in _REPLACED and character != _JOINER:
        return "\ufffd"
    return character
