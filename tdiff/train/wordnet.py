"""Princeton WordNet's database files, as far as the word table needs them (Fellbaum 1998; formats: wndb(5WN))."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_KINDS: Final = ("@", "@i")  # pointers from a noun to what it is a kind, or an instance, of
_SORTS: Final = (
    "", "", "", "tops", "act", "animal", "artifact", "attribute", "body", "cognition", "communication", "event",
    "feeling", "food", "group", "location", "motive", "object", "person", "phenomenon", "plant", "possession",
    "process", "quantity", "relation", "shape", "state", "substance", "time",
)  # fmt: skip
"""Names of the lexicographers' files of nouns, by number: what sort of thing a meaning is."""


@dataclass(frozen=True, slots=True)
class Synset:
    """One meaning.

    Attributes:
        key: its place in the file.
        sort: the lexicographers' file that it is in ("animal", "artifact" …).
        words: what it may be called, as spelt, "_" for a space.
        above: keys of the meanings that it is a kind, or an instance, of.
        gloss: its definition, examples left out.
    """

    key: str
    sort: str
    words: tuple[str, ...]
    above: tuple[str, ...]
    gloss: str


class WordNet:
    """The meanings of nouns."""

    def __init__(self, folder: Path) -> None:
        """Read `data.noun`, `index.noun` and `index.sense` in the folder "dict"."""
        self._synsets = {synset.key: synset for synset in map(_synset, _lines(folder / "data.noun"))}
        rows = (line.split() for line in _lines(folder / "index.noun"))
        self._senses = {fields[0]: tuple(fields[-int(fields[2]) :]) for fields in rows}
        self._uses = _uses(folder / "index.sense")
        self.above = cache(self._above)

    def lemmas(self) -> Iterator[str]:
        """Every word that is written in lower case in its first meaning."""
        return (lemma for lemma, keys in self._senses.items() if lemma in self._synsets[keys[0]].words)

    def senses(self, lemma: str) -> tuple[Synset, ...]:
        """Meanings of a lower-case lemma, the commonest first; none if it is not listed."""
        return tuple(self._synsets[key] for key in self._senses.get(lemma.replace(" ", "_"), ()))

    def mostly_noun(self, lemma: str) -> bool:
        """Whether the tagged texts use the word as a noun at least as often as otherwise."""
        noun, other = self._uses.get(lemma, (0, 0))
        return noun >= other

    def kinship(self, a: Synset, b: Synset) -> float:
        """How near two nouns stand in the tree of kinds, 0…1 (Wu & Palmer 1994, equation 2)."""
        here, there = self.above(a.key), self.above(b.key)
        nearest = 0.0
        for key in here.keys() & there.keys():
            depth = 1 + max(self.above(key).values())
            nearest = max(nearest, 2 * depth / (2 * depth + here[key] + there[key]))
        return nearest

    def _above(self, key: str) -> dict[str, int]:
        """Keys of the meanings that this one is a kind of, itself with it, and the number of steps to each."""
        steps = {key: 0}
        for parent in self._synsets[key].above:
            for higher, distance in self.above(parent).items():
                steps[higher] = min(distance + 1, steps.get(higher, 99))
        return steps


def _uses(path: Path) -> dict[str, list[int]]:
    """Word → how often the tagged texts use it as a noun, and otherwise."""
    uses: dict[str, list[int]] = {}
    for line in _lines(path):
        key, _, _, count = line.split()
        lemma, _, rest = key.partition("%")
        uses.setdefault(lemma, [0, 0])[rest[0] != "1"] += int(count)
    return uses


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        yield from (line for line in lines if not line.startswith("  "))  # the licence stands first, indented


def _synset(line: str) -> Synset:
    data, _, gloss = line.partition(" | ")
    fields = data.split()
    count = int(fields[3], 16)
    words = tuple(fields[4 + 2 * i].partition("(")[0] for i in range(count))
    rest = fields[4 + 2 * count :]
    pointers = [rest[1 + 4 * i : 5 + 4 * i] for i in range(int(rest[0]))]
    above = tuple(pointer[1] for pointer in pointers if pointer[0] in _KINDS)
    return Synset(fields[0], _SORTS[int(fields[1])], words, above, gloss.partition('; "')[0].strip())
