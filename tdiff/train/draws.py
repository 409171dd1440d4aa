"""What a training step sees: scenes drawn by kind, each with one of its captions, or a part of it, or none."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from tdiff.prompt.vocabulary import EMPTY
from tdiff.train.data import KINDS, SceneArrays
from tdiff.train.facts import LENGTH, MOST

KIND_SHARES: Final = {"single": 0.65, "pair": 0.23, "count": 0.12}
"""Half of the world's scenes are pairs and counts, of small things; shapes are learned from the large single ones."""


@dataclass(frozen=True, slots=True)
class CaptionShares:
    """How often a caption is not the scene's own.

    Attributes:
        blank: nothing is said.
        bare: one fact alone.
        full: nothing is left out.
        open: no object's colour is said, where one is painted.
        stray: a second thing is named that is not there, where there is one.
    """

    blank: float
    bare: float
    full: float
    open: float
    stray: float


@dataclass(frozen=True, slots=True)
class Draw:
    """One batch.

    Attributes:
        images: (n, 32, 32, 3) uint8.
        ids: (n, 16) int64 token ids.
        things: (n, 2, 2) uint16, see `likeness.shown_things`.
    """

    images: NDArray[np.uint8]
    ids: NDArray[np.int64]
    things: NDArray[np.uint16]


class Draws:
    """Draws batches from the training scenes.

    Args:
        data: all of them.
        shares: of captions that are not the scene's own.
    """

    def __init__(self, data: SceneArrays, shares: CaptionShares) -> None:
        self._data, self._shares = data, shares
        self._of_kind = [np.flatnonzero(data.kinds == kind) for kind in range(len(KINDS))]

    def draw(self, count: int, rng: Generator) -> Draw:
        """Return a batch of `count` scenes, the same for the same generator."""
        kinds = rng.choice(len(KINDS), size=count, p=[KIND_SHARES[kind] for kind in KINDS])
        places = rng.random(count)
        rows = np.sort([self._row(kind, place) for kind, place in zip(kinds, places, strict=True)])
        return Draw(self._data.images[rows], self._captions(rows, rng), self._data.things[rows])

    def _row(self, kind: int, place: float) -> int:
        rows = self._of_kind[kind]
        return int(rows[int(place * len(rows))])

    def _captions(self, rows: NDArray[np.int64], rng: Generator) -> NDArray[np.int64]:
        ids = self._data.ids[rows].astype(np.int64)
        drawn, which = rng.random(len(rows)), rng.integers(MOST, size=len(rows))
        shares = self._shares
        blank, bare, full, open_, stray = np.cumsum([shares.blank, shares.bare, shares.full, shares.open, shares.stray])
        alone, in_full = (drawn >= blank) & (drawn < bare), (drawn >= bare) & (drawn < full)
        painted = (self._data.things[rows, :, 1] > 0).any(1)
        unsaid, astray = (drawn >= full) & (drawn < open_) & painted, (drawn >= open_) & (drawn < stray)
        for chosen, captions in ((in_full, self._data.full), (unsaid, self._data.open), (astray, self._data.stray)):
            ids[chosen] = captions[rows[chosen]]
        ids[alone] = EMPTY
        ids[alone, :LENGTH] = self._data.facts[rows[alone], which[alone]]
        ids[drawn < blank] = EMPTY
        return ids
