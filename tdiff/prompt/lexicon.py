"""Reading words that are not in the vocabulary: by tables of near words, else as a slip of the keyboard."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Final

from tdiff.paths import asset_path
from tdiff.prompt.tokenizer import Reading
from tdiff.prompt.vocabulary import FILLERS, colour_phrases, grammar_phrases, noun_phrases
from tdiff.world.captions import plural

_SHORTEST: Final = 4  # letters: shorter words have too many neighbours
_TWO_SLIPS: Final = 7  # letters from which on two slips are forgiven

Table = Mapping[str, Reading | None]
"""English word → how it is read, None for a real word that nothing here comes near."""


def resolve(word: str) -> Reading | None:
    """Say how an unlisted lower-case word is read, or None if it has no effect.

    The table made by hand wins, then the computed one; only a word that neither lists can be a slip of the keyboard.
    A plural of a listed word is read in the plural.
    """
    forms = plural_of(word.removesuffix("'s"))
    for table in (word_table(), nearest_table()):
        for form in forms:
            if form in table:
                reading = table[form]
                return _in_plural(reading) if reading is not None and form != forms[0] else reading
    return None if fingerprint(word) in _not_guessed() else slip(word)


@cache
def word_table() -> Table:
    """Return the table made by hand."""
    return _read("words/words.tsv")


@cache
def nearest_table() -> Table:
    """Return the table computed from word vectors and WordNet (`tdiff.train.words` makes it)."""
    return _read("words/nearest.tsv")


def _read(asset: str) -> Table:
    table: dict[str, Reading | None] = {}
    for line in asset_path(asset).read_text("utf-8").splitlines():
        if line.startswith("#") or not line:
            continue
        word, target, similarity = line.split("\t")
        table[word] = Reading(target, float(similarity) if similarity else None) if target else None
    return table


@cache
def _not_guessed() -> frozenset[str]:
    lines = asset_path("words/not_guessed.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def fingerprint(word: str) -> str:
    """Return what `not_guessed.txt` holds of a word: offensive ones can be known again there, but not read."""
    return sha256(word.encode(errors="replace")).hexdigest()[:8]


def plural_of(word: str) -> list[str]:
    """Return the word, and what it may be the plural of."""
    forms = [word]
    if word.endswith("ies"):
        forms.append(word[:-3] + "y")
    if word.endswith("ves"):
        forms += [word[:-3] + "f", word[:-3] + "fe"]
    if word.endswith("es"):
        forms.append(word[:-2])
    if word.endswith("s"):
        forms.append(word[:-1])
    return forms


def _in_plural(reading: Reading) -> Reading:
    many = plural(reading.phrase)
    return Reading(many, reading.similarity) if many in noun_phrases() else reading


def slip(word: str) -> Reading | None:
    """Return the one vocabulary word that is a slip or two away; None if there is none, or more than one as near."""
    if len(word) < _SHORTEST or not word.isalpha() or word in FILLERS:
        return None
    allowed = 2 if len(word) >= _TWO_SLIPS else 1
    letters = _letters(word)
    best: list[str] = []
    nearest = allowed + 1
    for known, its_letters in _single_words():
        if abs(len(known) - len(word)) > allowed or (letters ^ its_letters).bit_count() > 2 * allowed:
            continue
        distance = edit_distance(word, known, allowed)
        if distance < nearest:
            best, nearest = [known], distance
        elif distance == nearest <= allowed:
            best.append(known)
    best = [known for known in best if known[0] == word[0]] or best  # the first letter is seldom the wrong one
    meanings = {_meaning(known) for known in best}
    if nearest > allowed or len(meanings) != 1:
        return None
    return Reading(best[0], 1 - nearest / len(word), suggestion=True)


def edit_distance(a: str, b: str, limit: int) -> int:
    """Optimal string alignment distance: insertions, deletions, changes, and swaps of neighbours.

    Args:
        a: a word.
        b: another.
        limit: anything above it is returned as limit + 1.
    """
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before = before, row
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


@cache
def _single_words() -> tuple[tuple[str, int], ...]:
    every = (*noun_phrases(), *colour_phrases(), *grammar_phrases())
    words = sorted({phrase for phrase in every if phrase.isalpha() and len(phrase) >= _SHORTEST})
    return tuple((word, _letters(word)) for word in words)


def _letters(word: str) -> int:
    """The set of a word's letters as bits: one slip changes two of them at most, which is quick to see."""
    bits = 0
    for letter in word:
        bits |= 1 << ord(letter) % 64
    return bits


def _meaning(word: str) -> tuple[int, ...] | int:
    if word in noun_phrases():
        return noun_phrases()[word][0]
    return colour_phrases().get(word, grammar_phrases().get(word, -1))
