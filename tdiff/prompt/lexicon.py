"""Reading words that are not in the vocabulary: by a table of near words, else as a slip of the keyboard."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from tdiff.paths import asset_path
from tdiff.prompt.tokenizer import Reading
from tdiff.prompt.vocabulary import FILLERS, colour_phrases, grammar_phrases, noun_phrases

_SHORTEST: Final = 4  # letters: shorter words have too many neighbours
_TWO_SLIPS: Final = 7  # letters from which on two slips are forgiven


def resolve(word: str) -> Reading | None:
    """Say how an unlisted lower-case word is read, or None if it has no effect.

    The table wins; a word that it lists as meaning nothing here stays without effect.
    """
    table = word_table()
    for form in _forms(word):
        if form in table:
            return table[form]
    return _slip(word)


@cache
def word_table() -> Mapping[str, Reading | None]:
    """English word → how it is read, None for a real word that nothing here comes near."""
    lines = asset_path("words/words.tsv").read_text("utf-8").splitlines()
    table: dict[str, Reading | None] = {}
    for line in lines:
        if line.startswith("#") or not line:
            continue
        word, target, similarity = line.split("\t")
        table[word] = Reading(target, float(similarity) if similarity else None) if target else None
    return table


def _forms(word: str) -> list[str]:
    """The word, and what it may be the plural of."""
    forms = [word]
    if word.endswith("ies"):
        forms.append(word[:-3] + "y")
    if word.endswith("es"):
        forms.append(word[:-2])
    if word.endswith("s"):
        forms.append(word[:-1])
    return forms


def _slip(word: str) -> Reading | None:
    """The one vocabulary word that is a slip or two away; None if there is none, or more than one as near."""
    if len(word) < _SHORTEST or not word.isalpha() or word in FILLERS:
        return None
    allowed = 2 if len(word) >= _TWO_SLIPS else 1
    best: list[str] = []
    nearest = allowed + 1
    for known in _single_words():
        if abs(len(known) - len(word)) > allowed:
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
def _single_words() -> tuple[str, ...]:
    every = (*noun_phrases(), *colour_phrases(), *grammar_phrases())
    return tuple(sorted({phrase for phrase in every if phrase.isalpha() and len(phrase) >= _SHORTEST}))


def _meaning(word: str) -> tuple[int, ...] | int:
    if word in noun_phrases():
        return noun_phrases()[word][0]
    return colour_phrases().get(word, grammar_phrases().get(word, -1))
