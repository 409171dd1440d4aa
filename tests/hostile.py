"""Texts that have broken terminal programs, and what of them must never reach a terminal."""

import unicodedata

HOSTILE: tuple[str, ...] = (
    # What terminals act on: sequences, whole and cut off, in seven and in eight bits.
    "a\x1b[31mRED",
    "a\x1b[2Jcat",
    "a\x1b[?1049lcat",
    "a\x1b[?1000hcat",
    "a\x1b[6ncat",
    "a\x1b[ccat",
    "a\x1b]0;owned\x07cat",
    "a\x1b]0;owned\x1b\\cat",
    "a\x1b]52;c;cm0gLXJm\x07cat",
    "a\x1b]8;;http://example.org\x1b\\cat\x1b]8;;\x1b\\",
    "a\x1b]1337;File=inline=1:AAAA\x07cat",
    "a\x1bPq#0;2;0;0;0\x1b\\cat",
    "a\x1b_Gf=24;AAAA\x1b\\cat",
    "a\x1b^private\x1b\\cat",
    "a\x1b(0cat",
    "a\x1bccat",
    "a\x1b[200~cat\x1b[201~",
    "a cat\x1b",
    "a cat\x1b[",
    "a\x1b[999999999Ccat",
    "a\x9b2Jcat",
    "a\x9d0;owned\x9ccat",
    "a\x90qcat\x9c",
    "a\x85cat",
    "a\x8dcat",
    # Controls by themselves.
    "a\rcat",
    "a\ncat",
    "a\r\ntdiff: all is well",
    "a\tcat",
    "a\x07cat",
    "a\x08\x08\x08cat",
    "a\x0b\x0ccat",
    "a\x0ecat\x0f",
    "a\x11\x13cat",
    "a\x7fcat",
    # Text that turns round, hides or piles up.
    "a \u202etac\u202c cat",
    "a \u2066cat\u2069",
    "a \u2067cat\u2069",
    "a\u200e\u200fcat",
    "a\u061ccat",
    "a\u200bcat",
    "a\u2060cat",
    "a\ufeffcat",
    "\ufeffa cat",
    "a\u2028cat",
    "a\u2029cat",
    "a\u00adcat",
    "a c" + "\u0301" * 400 + "at",
    "a c\u0489\u20dd\u20e0at",
    "a \U000e0041\U000e0042cat",
    "a\U0001f408\u200d\U0001f408cat",
    # What is no character.
    "a\ufdd0cat",
    "a\ufffecat",
    "a\uffffcat",
    "a\U0001fffecat",
    "a\U0010ffffcat",
    "a\ue000cat",
    # Markup.
    "[/]",
    "a [bold]cat[/bold]",
    "a [@click=app.quit]cat[/]",
    "a [link=http://example.org]cat[/link] [/b",
    "a \\[cat",
    "a {cat} %s %n $cat `cat`",
)  # fmt: skip

SURROGATES: tuple[str, ...] = ("a\ud800cat", "a\udc80cat", "a\udfff", "\ud83d cat")
"""Halves of pairs: what Python makes of names that are not UTF-8, and what JSON can hold."""

_TURNS = frozenset("\u200e\u200f\u061c") | {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def acts(character: str) -> bool:
    """Whether a character may do something to a terminal or to its lines instead of being shown."""
    kind = unicodedata.category(character)
    return kind in ("Cc", "Cs", "Zl", "Zp", "Cn") or character in _TURNS or character in "\ufeff\u200b\u2060\u00ad"


def payloads(text: str) -> list[bytes]:
    """What must not come out raw: each piece of the text around a character that acts, with its neighbours.

    A character by itself may come from the program too, as escapes do: with what stands beside it, it is the text's.
    """
    places = [place for place, character in enumerate(text) if acts(character)]
    pieces = [text[max(place - 1, 0) : place + 4] for place in places if place + 2 < len(text)]
    return [piece.encode("utf-8", "surrogatepass") for piece in pieces]
