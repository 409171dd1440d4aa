"""Longest-match tokenizer over the closed vocabulary; says what became of each word."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from tdiff.prompt.vocabulary import (
    ANY_STYLE,
    EMPTY,
    FILLERS,
    MAX_TOKENS,
    NEGATIVE_LEAD,
    PLURAL,
    colour_phrases,
    grammar_phrases,
    noun_of,
    noun_phrases,
    token_ids,
    tokens,
)

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s!-/:-@\[-`{-~]+")
_LONGEST = 6  # words in the longest phrase: "on the left side of" and its kin


class Fate(Enum):
    """What became of a word."""

    KNOWN = "known"
    READ_AS = "read as"
    FILLER = "filler"
    NO_EFFECT = "no effect"
    USUAL = "usual"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Reading:
    """How an unlisted word is taken.

    Attributes:
        phrase: the known word or phrase that it is read as.
        similarity: 0…1, how near the two are; None where a person chose the reading.
        suggestion: True where it looks like a slip of the keyboard ("did you mean").
    """

    phrase: str
    similarity: float | None
    suggestion: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """One word or phrase of the prompt and its fate.

    Attributes:
        text: as typed; for USUAL, the word that the prompt is read with although it was not typed.
        start, end: its place in the prompt, in characters; for USUAL, both are the prompt's end.
        fate: what became of it.
        reads: the canonical word it stands for, where it has an effect.
        similarity: for READ_AS, 0…1, or None where a person chose the reading.
        tokens: places of its tokens in `Tokens.ids`.
        suggestion: it was taken for a typing slip.
    """

    text: str
    start: int
    end: int
    fate: Fate
    reads: str = ""
    similarity: float | None = None
    tokens: tuple[int, ...] = ()
    suggestion: bool = False


@dataclass(frozen=True, slots=True)
class Tokens:
    """A tokenized prompt.

    Attributes:
        text: the prompt.
        words: every word in order, with its fate.
        ids: token ids, at most MAX_TOKENS, `(EMPTY,)` for a prompt without effect.
    """

    text: str
    words: tuple[Word, ...]
    ids: tuple[int, ...]

    @property
    def truncated(self) -> bool:
        """Whether words were cut because the prompt was too long."""
        return any(word.fate is Fate.CUT for word in self.words)

    @property
    def has_effect(self) -> bool:
        """Whether any word reaches the model."""
        return self.ids != (EMPTY,)


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    end: int
    first: int  # index of first and one past the last word
    last: int
    kind: str  # noun, colour, grammar, filler, unknown
    ids: tuple[int, ...]
    reading: Reading | None = None


Resolver = Callable[[str], Reading | None]
"""Reads an unlisted lower-case word as a listed one, or gives None for no effect."""


def tokenize(text: str, resolve: Resolver | None = None) -> Tokens:
    """Tokenize a prompt.

    Args:
        text: any text; case and punctuation do not matter.
        resolve: consulted for words outside the vocabulary; without one they have no effect.

    Returns:
        Ids for the text tower and the fate of each word.
    """
    spans = [(m.start(), m.end()) for m in _WORD.finditer(text) if m[0][0].isalnum() or _is_emoji(m[0])]
    lower = [text[a:b].lower().replace("’", "'") for a, b in spans]
    matches = _disambiguate(_match_all(lower, spans, resolve), lower)
    words: list[Word] = []
    ids: list[int] = []
    full = False
    for match in matches:
        shown = text[match.start : match.end]
        if match.kind in ("filler", "unknown"):
            fate = Fate.FILLER if match.kind == "filler" else Fate.NO_EFFECT
            reads = ANY_STYLE if " ".join(lower[match.first : match.last]) == ANY_STYLE else ""
            words.append(Word(shown, match.start, match.end, fate, reads))
            continue
        full = full or len(ids) + len(match.ids) > MAX_TOKENS
        if full:
            words.append(Word(shown, match.start, match.end, Fate.CUT))
            continue
        places = tuple(range(len(ids), len(ids) + len(match.ids)))
        ids.extend(match.ids)
        words.append(_word(shown, match, places))
    return Tokens(text, tuple(words), tuple(ids) or (EMPTY,))


def as_negative(ids: tuple[int, ...]) -> tuple[int, ...]:
    """Return the ids that the network is asked with where a prompt's `ids` stand in the negative's place.

    See `NEGATIVE_LEAD`. An empty negative stays empty, and one that leaves no room for another token as it is.
    """
    if ids == (EMPTY,) or len(ids) >= MAX_TOKENS or ids[0] == NEGATIVE_LEAD:
        return ids
    return (NEGATIVE_LEAD, *ids)


def _is_emoji(signs: str) -> bool:
    """Whether there is more to signs than punctuation: what was meant as a word must not go unmentioned."""
    return any(unicodedata.category(sign) == "So" for sign in signs)


def _word(shown: str, match: _Match, places: tuple[int, ...]) -> Word:
    reads = noun_of(match.ids[0]) or tokens()[match.ids[0]].lstrip("@")
    if match.reading is None:
        return Word(shown, match.start, match.end, Fate.KNOWN, reads, tokens=places)
    reading = match.reading
    return Word(shown, match.start, match.end, Fate.READ_AS, reads, reading.similarity, places, reading.suggestion)


def _match_all(lower: list[str], spans: list[tuple[int, int]], resolve: Resolver | None) -> list[_Match]:
    matches: list[_Match] = []
    i = 0
    while i < len(lower):
        found = _longest(lower, i)
        if found is None:
            found = 1, *_single(lower[i], resolve)
        length, kind, ids, reading = found
        matches.append(_Match(spans[i][0], spans[i + length - 1][1], i, i + length, kind, ids, reading))
        i += length
    return matches


def _longest(lower: list[str], i: int) -> tuple[int, str, tuple[int, ...], Reading | None] | None:
    for length in range(min(_LONGEST, len(lower) - i), 0, -1):
        found = _listed(" ".join(lower[i : i + length]))
        if found is not None:
            return length, *found, None
    return None


def _listed(phrase: str) -> tuple[str, tuple[int, ...]] | None:
    """Kind and ids of a listed phrase. Nouns win over colours here; see `_disambiguate`."""
    if phrase == ANY_STYLE:
        return "filler", ()
    if phrase in noun_phrases():
        noun, many = noun_phrases()[phrase]
        return "noun", (noun, token_ids()[PLURAL]) if many else (noun,)
    if phrase in colour_phrases():
        return "colour", (colour_phrases()[phrase],)
    if phrase in grammar_phrases():
        return "grammar", (grammar_phrases()[phrase],)
    return None


def _single(word: str, resolve: Resolver | None) -> tuple[str, tuple[int, ...], Reading | None]:
    if word in FILLERS or word in ("in", "with", "as"):
        return "filler", (), None
    bare = word.removesuffix("'s")
    reading = _listed(bare) and Reading(bare, 1.0) if bare != word else None
    if reading is None and resolve is not None:
        reading = resolve(word)
    if reading is not None:
        listed = _listed(reading.phrase)
        if listed is not None:
            return *listed, reading
    return "unknown", (), None


def _disambiguate(matches: list[_Match], lower: list[str]) -> list[_Match]:
    """Settle words with two uses by their neighbours: orange, cherry …; "in blue"; "with a blue background"."""
    ids = token_ids()
    settled: list[_Match] = []
    for k, match in enumerate(matches):
        phrase = " ".join(lower[match.first : match.last])
        following = [m for m in matches[k + 1 : k + 5] if m.kind != "filler"]
        joined = k + 1 < len(matches) and lower[matches[k + 1].first] in ("in", "with")  # "an orange with a cat"
        if (
            match.kind == "noun"
            and phrase in colour_phrases()
            and _is_colour(settled, [] if joined else following, lower)
        ):
            match = _recast(match, "colour", colour_phrases()[phrase])
        elif match.kind == "filler" and phrase in ("in", "with"):
            match = _preposition(match, phrase, following, ids)
        settled.append(match)
    return settled


def _is_colour(before: list[_Match], following: list[_Match], lower: list[str]) -> bool:
    """An ambiguous word is a colour before a noun or a ground, and after a noun or "that is"."""
    if following and (following[0].kind == "noun" or following[0].ids == (token_ids()["background"],)):
        return True
    before = [m for m in before if not (m.kind == "filler" and lower[m.first] == "in")]
    if not before:
        return False
    last = before[-1]
    return last.kind == "noun" or last.ids in ((token_ids()["that"],), (token_ids()["on"],))


def _preposition(match: _Match, phrase: str, following: list[_Match], ids: dict[str, int]) -> _Match:
    coloured = bool(following) and following[0].kind == "colour"
    grounded = any(m.ids == (ids["background"],) for m in following[:2])
    if grounded:
        return _recast(match, "grammar", ids["on"])
    if phrase == "in" and coloured:
        return _recast(match, "grammar", ids["that"])
    if phrase == "with" and any(m.kind == "noun" for m in following):
        return _recast(match, "grammar", ids["and"])
    return match


def _recast(match: _Match, kind: str, token: int) -> _Match:
    return _Match(match.start, match.end, match.first, match.last, kind, (token,), match.reading)
