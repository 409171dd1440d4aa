"""Every word that a prompt may use, by kind: what `tdiff words` lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, get_args

from tdiff.prompt.vocabulary import ANY_STYLE, colour_phrases, grammar_phrases, noun_phrases, token_ids
from tdiff.world.concepts import STYLES, offered
from tdiff.world.layout import POSITIONS
from tdiff.world.palette import COLOURS

WordKind = Literal["noun", "colour", "style", "size", "count", "position", "relation", "background"]
KINDS: Final[tuple[WordKind, ...]] = get_args(WordKind)

_RELATIONS: Final = ("and", "next to", "left of", "right of", "above", "below")
_SPELLED: Final = {"color": "colour", "colors": "colour"}


@dataclass(frozen=True, slots=True)
class KnownWord:
    """A word or phrase that reaches the model.

    Attributes:
        word: as a prompt may say it.
        kind: what it says.
        group: of a noun its category, such as "animal"; "" otherwise.
        also: other words and phrases that are read as exactly this one.
    """

    word: str
    kind: WordKind
    group: str = ""
    also: tuple[str, ...] = ()


@cache
def known_words() -> tuple[KnownWord, ...]:
    """Return all of them: nouns by category, then the other kinds in the order of `KINDS`."""
    groups = list(dict.fromkeys(concept.category for concept in offered()))
    nouns = sorted(offered(), key=lambda concept: (groups.index(concept.category), concept.name))
    background = _read_as("background", grammar_phrases())
    return (
        *(KnownWord(concept.name, "noun", concept.category, concept.synonyms) for concept in nouns),
        *(KnownWord(colour, "colour", also=_colour_words(colour)) for colour in COLOURS),
        *(KnownWord(style, "style", also=_read_as(style, grammar_phrases())) for style in STYLES),
        KnownWord(ANY_STYLE, "style"),
        *(KnownWord(size, "size", also=_read_as(size, grammar_phrases())) for size in ("small", "big")),
        *(KnownWord(count, "count", also=_read_as(count, grammar_phrases())) for count in ("two", "three", "four")),
        *(_position(name) for name in POSITIONS),
        *(KnownWord(name, "relation", also=_read_as(name, grammar_phrases())) for name in _RELATIONS),
        KnownWord("background", "background", also=background),
    )


def matching(text: str, words: Sequence[KnownWord] | None = None) -> tuple[KnownWord, ...]:
    """Return the words that a filter names: by kind ("colours"), by category ("animal"), else by their letters.

    Args:
        text: the filter, in any case.
        words: to choose from; all of them by default.
    """
    words, wanted = known_words() if words is None else words, " ".join(text.lower().split())
    kind = _SPELLED.get(wanted, wanted)
    for name in (kind, kind.removesuffix("s")):
        found = tuple(word for word in words if name in (word.kind, word.group))
        if found:
            return found
    return tuple(word for word in words if any(wanted in name for name in (word.word, *word.also)))


def _colour_words(colour: str) -> tuple[str, ...]:
    """Other words for a colour; one such as "cherry" alone is a thing, and left to the nouns."""
    return tuple(phrase for phrase in _read_as(colour, colour_phrases()) if phrase not in noun_phrases())


def _position(name: str) -> KnownWord:
    phrases = _read_as(f"@{name}", grammar_phrases())
    return KnownWord(name, "position", also=tuple(phrase for phrase in phrases if phrase != name))


def _read_as(token: str, phrases: dict[str, int]) -> tuple[str, ...]:
    """The other phrases of a table that are read as a token."""
    wanted = token_ids()[token]
    return tuple(phrase for phrase, read in phrases.items() if read == wanted and phrase != token)
