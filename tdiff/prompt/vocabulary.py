"""The closed vocabulary: every token there is, and the phrases that are read as each."""

import json
from functools import cache
from typing import Final

from tdiff.paths import asset_path
from tdiff.world.captions import plural
from tdiff.world.concepts import STYLES, concepts, offered
from tdiff.world.layout import POSITIONS
from tdiff.world.palette import COLOURS

MAX_TOKENS: Final = 16
"""Longest prompt in tokens; what follows is cut, and said to be."""

EMPTY: Final = 0
"""Id of the token that stands for "no prompt"; it also pads."""

NEGATIVE_LEAD: Final = 2
"""Id of the "and" that every negative prompt is read behind: "and dog" says that there is a dog, whatever else there may
be, where "dog" alone is a picture of one dog and nothing else."""

ANY_STYLE: Final = "any style"
"""What leaves the style of a prompt open, where one that says nothing is read with the usual style."""

PLURAL: Final = "##s"
"""Token after a noun in the plural."""

_GRAMMAR: Final = (
    "", PLURAL, "and", "next to", "on", "that", "background",
    "two", "three", "four", "small", "big", "left of", "right of", "above", "below",
)  # fmt: skip

_PHRASES: Final[dict[str, tuple[str, ...]]] = {
    "and": ("and", "plus"),
    "next to": ("next to", "beside", "near", "alongside", "by"),
    "on": ("on", "against", "in front of", "before"),
    "that": ("that is", "that are", "which is", "which are", "colored", "coloured", "that", "which", "painted", "is", "are"),
    "background": ("background", "backdrop", "ground"),
    "two": ("two", "2", "a pair of", "pair of", "a couple of", "couple of"),
    "three": ("three", "3"),
    "four": ("four", "4"),
    "small": ("small", "little", "tiny", "mini", "miniature", "petite"),
    "big": ("big", "large", "huge", "giant", "great", "enormous", "gigantic"),
    "left of": ("to the left of", "on the left of", "at the left of", "left of", "to the left side of", "on the left side of"),
    "right of": ("to the right of", "on the right of", "at the right of", "right of", "to the right side of", "on the right side of"),
    "above": ("above", "over", "on top of", "atop"),
    "below": ("below", "under", "beneath", "underneath"),
    "cartoon": ("cartoon", "cartoons", "cartoonish"),
    "sticker": ("sticker", "stickers"),
    "3d": ("3d", "3-d", "three dimensional", "three-dimensional"),
    "retro": ("retro",),
    "flat": ("flat",),
}  # fmt: skip
"""Token → the words and phrases that are exactly it (colours, nouns and positions are added below)."""

FILLERS: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "one",
        "single",
        "of",
        "some",
        "this",
        "its",
        "it",
        "my",
        "your",
        "please",
        "to",
        "at",
        "style",
        "styled",
        "colored-in",
        "image",
        "picture",
        "photo",
        "drawing",
        "painting",
        "illustration",
        "icon",
        "emoji",
        "there",
        "draw",
        "show",
        "me",
    ]
)
"""Words that are dropped without a trace: they carry nothing that a picture of this world could show."""


@cache
def tokens() -> tuple[str, ...]:
    """Return all tokens; a token's place is its id. Nouns come last, in concept order."""
    return (*_GRAMMAR, *(f"@{name}" for name in POSITIONS), *STYLES, *COLOURS, *(f"{c.name}_" for c in concepts()))


@cache
def token_ids() -> dict[str, int]:
    """Map token → id."""
    return {token: i for i, token in enumerate(tokens())}


def colour_id(colour: str) -> int:
    """Id of a colour term."""
    return token_ids()[colour]


def relation_id(name: str) -> int:
    """Id of where a first thing stands from a second: left, right, above or below."""
    return token_ids()[f"{name} of" if name in ("left", "right") else name]


def noun_id(name: str) -> int:
    """Id of a concept's noun; nouns are kept apart from colours ("orange" is both)."""
    return token_ids()[f"{name}_"]


def noun_of(token: int) -> str | None:
    """The concept's name if this token is a noun, else None."""
    text = tokens()[token]
    return text[:-1] if text.endswith("_") else None


def colour_of(token: int) -> str | None:
    """The colour term if this token is one, else None."""
    text = tokens()[token]
    return text if text in COLOURS else None


@cache
def grammar_phrases() -> dict[str, int]:
    """Phrase → token id, for everything but nouns and colours."""
    ids = token_ids()
    table = {phrase: ids[token] for token, phrases in _PHRASES.items() for phrase in phrases}
    for name in POSITIONS:
        table |= dict.fromkeys(_position_phrases(name), ids[f"@{name}"])
    return table


@cache
def colour_phrases() -> dict[str, int]:
    """Phrase → colour token id: the eleven terms, then the hand-made synonyms ("crimson")."""
    synonyms = json.loads(asset_path("world/colour_synonyms.json").read_text("utf-8"))
    table = {c: colour_id(c) for c in COLOURS} | {word: colour_id(term) for word, term in synonyms.items()}
    return table | {f"{c} {word}": colour_id(c) for c in COLOURS for word in ("color", "colour")}


@cache
def noun_phrases() -> dict[str, tuple[int, bool]]:
    """Phrase → (noun token id, is plural): names and synonyms of the nouns that prompts may use, and their plurals."""
    table: dict[str, tuple[int, bool]] = {}
    for concept in offered():
        for name in (concept.name, *concept.synonyms):
            table.setdefault(plural(name), (noun_id(concept.name), True))
    for concept in offered():
        for name in (concept.name, *concept.synonyms):
            many = name in ("mice", "cacti", "tacos", "drums", "chips", "french fries", "spectacles", "eyeglasses")
            table[name] = (noun_id(concept.name), many and concept.name in ("mouse", "cactus", "taco", "drum"))
    return table


def _position_phrases(name: str) -> list[str]:
    """Phrases for a place: "top left" → "top left", "in the upper left corner", "at the top left side", …"""
    if name == "middle":
        cores = ["middle", "center", "centre"]
        bare = ["middle", "center", "centre", "centered", "centred"]
    else:
        cores = [name, name.replace("top", "upper").replace("bottom", "lower"), "-".join(name.split())]
        bare = [*cores]
    prefixed = [f"{lead} the {core}" for lead in ("on", "in", "at", "to", "near") for core in cores]
    sided = [f"{phrase} {end}" for phrase in (*prefixed, *bare) for end in ("corner", "side", "edge", "half")]
    extra = [f"on {name}"] if name in ("top", "bottom") else []
    return [*bare, *prefixed, *sided, *extra]
