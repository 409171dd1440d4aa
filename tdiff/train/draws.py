"""What a training step sees: scenes drawn by kind, each with one of its captions, or a part of it, or none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from tdiff.prompt.vocabulary import EMPTY, NEGATIVE_LEAD, noun_of, relation_id, token_ids, tokens
from tdiff.train.data import KINDS, SceneArrays, offered_rows
from tdiff.train.facts import LENGTH, MOST
from tdiff.train.whereabouts import exchanged_boxes
from tdiff.world.concepts import STYLES, concepts
from tdiff.world.scenes import OPPOSITE
from tdiff.world.sprites import Sprite, sprites
from tdiff.world.usual_style import USUAL_DRAWS, USUAL_STYLE, style_is_said

KIND_SHARES: Final = {"single": 0.4, "pair": 0.48, "count": 0.12}
"""Who stands where is the last thing that a network learns of a picture, and only pairs teach it."""

_AS_NEGATIVE: Final = 0.75
"""Share of the single facts that are said as a negative prompt is read."""


@dataclass(frozen=True, slots=True)
class CaptionShares:
    """How often a caption is not the scene's own.

    Attributes:
        blank: nothing is said.
        bare: one fact alone, three times in four as a negative prompt says it.
        full: nothing is left out.
        open: no object's colour is said, where one is painted.
        twins: of the captions that name a relation, how many come with the twin of their scene: the two things
            exchanged, the relation inverted.
    """

    blank: float
    bare: float
    full: float
    open: float
    twins: float


@dataclass(frozen=True, slots=True)
class Draw:
    """One batch.

    Attributes:
        images: (n, 32, 32, 3) uint8.
        ids: (n, 16) int64 token ids.
        things: (n, 2, 2) uint16, see `likeness.shown_things`.
        boxes: (n, 2, 4) uint8, see `whereabouts.boxes`.
        alike: (n,) int64, whose noise and noise level each has: its own, or those of the scene that it is the twin of.
    """

    images: NDArray[np.uint8]
    ids: NDArray[np.int64]
    things: NDArray[np.uint16]
    boxes: NDArray[np.uint8]
    alike: NDArray[np.int64]


class Draws:
    """Draws batches from the training scenes.

    Args:
        data: all of them.
        captions: shares of those that are not the scene's own.
        weights: how much oftener than others a noun is drawn; 1 for those that it does not name. Scenes of a noun
            that is not offered are never drawn.
        shares: how often each kind of scene is drawn.
    """

    def __init__(
        self,
        data: SceneArrays,
        captions: CaptionShares,
        weights: Mapping[str, float] | None = None,
        shares: Mapping[str, float] = KIND_SHARES,
    ) -> None:
        self._data, self._shares = data, captions
        self._kinds = [shares[kind] for kind in KINDS]
        self._of_kind = [np.flatnonzero(data.kinds == kind) for kind in range(len(KINDS))]
        each = _row_weights(data, weights or {})
        self._chances = [np.cumsum(each[rows]) for rows in self._of_kind]
        self._is_noun = np.array([noun_of(token) is not None for token in range(len(tokens()))])
        self._is_style = np.isin(np.arange(len(tokens())), [token_ids()[style] for style in STYLES])
        self._said = _said_styles(data)
        self._inverse = np.arange(len(tokens()))
        for name, opposite in OPPOSITE.items():
            self._inverse[relation_id(name)] = relation_id(opposite)

    def draw(self, count: int, rng: Generator) -> Draw:
        """Return a batch of `count` scenes, the same for the same generator."""
        kinds = rng.choice(len(KINDS), size=count, p=self._kinds)
        places = rng.random(count)
        rows = np.sort([self._row(kind, place) for kind, place in zip(kinds, places, strict=True)])
        ids, data = self._captions(rows, rng), self._data
        draw = Draw(data.images[rows], ids, data.things[rows], data.boxes[rows], np.arange(count))
        return self._with_twins(draw, rows, rng)

    def _with_twins(self, draw: Draw, rows: NDArray[np.int64], rng: Generator) -> Draw:
        """Put twins in the place of the last scenes."""
        related = self._inverse[draw.ids] != draw.ids
        able = np.flatnonzero(related.any(1) & (self._data.kinds[rows] == KINDS.index("pair")))
        chosen = able[rng.random(len(able)) < self._shares.twins]
        chosen = chosen[chosen < len(rows) - len(chosen)]  # what is replaced cannot have a twin
        places = np.arange(len(rows) - len(chosen), len(rows))
        draw.images[places] = self._data.twins[rows[chosen]]
        draw.ids[places] = self._inverse[draw.ids[chosen]]
        draw.things[places], draw.alike[places] = draw.things[chosen], chosen
        draw.boxes[places] = exchanged_boxes(draw.boxes[chosen])
        return draw

    def _row(self, kind: int, place: float) -> int:
        chances = self._chances[kind]
        return int(self._of_kind[kind][np.searchsorted(chances, place * chances[-1], side="right")])

    def _captions(self, rows: NDArray[np.int64], rng: Generator) -> NDArray[np.int64]:
        ids = self._data.ids[rows].astype(np.int64)
        drawn, which = rng.random(len(rows)), rng.integers(MOST, size=len(rows))
        shares = self._shares
        blank, bare, full, open_ = np.cumsum([shares.blank, shares.bare, shares.full, shares.open])
        alone, in_full = (drawn >= blank) & (drawn < bare), (drawn >= bare) & (drawn < full)
        painted = (self._data.things[rows, :, 1] > 0).any(1)
        unsaid = (drawn >= full) & (drawn < open_) & painted
        for chosen, captions in ((in_full, self._data.full), (unsaid, self._data.open)):
            ids[chosen] = captions[rows[chosen]]
        ids[alone] = EMPTY
        ids[alone, :LENGTH] = self._data.facts[rows[alone], which[alone]]
        marked = alone & (rng.random(len(rows)) < _AS_NEGATIVE)
        ids[marked, 1:] = ids[marked, :-1]
        ids[marked, 0] = NEGATIVE_LEAD
        several = self._is_noun[ids[:, 0]] & (ids[:, 1:] == EMPTY).all(1) & (self._data.kinds[rows] > 0)
        ids[several] = self._data.full[rows[several]]  # "a cat" alone must not stand for scenes that show more
        self._say_styles(ids, rows)
        ids[drawn < blank] = EMPTY
        return ids

    def _say_styles(self, ids: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
        """Put the style behind captions that leave it open, where training says it; facts said as negatives stay."""
        open_ = ~self._is_style[ids].any(1) & (ids[:, 0] != NEGATIVE_LEAD) & (ids[:, -1] == EMPTY)
        told = np.flatnonzero(open_ & (self._said[rows] != EMPTY))
        ids[told, (ids[told] != EMPTY).sum(1)] = self._said[rows[told]]


def _weight(sprite: Sprite, weights: Mapping[str, float]) -> float:
    usual = USUAL_DRAWS if sprite.style == USUAL_STYLE else 1.0
    return usual * weights.get(concepts()[sprite.concept].name, 1.0)


def _said_styles(data: SceneArrays) -> NDArray[np.int64]:
    """Token of the style that training says of each scene, (n,), or EMPTY."""
    styles = np.array([*(sprite.style for sprite in sprites()), 0])[data.things[:, 0, 0]]
    named = np.array([token_ids()[style] for style in STYLES])[styles]
    return np.where(style_is_said(np.arange(len(styles)), styles), named, EMPTY)


def _row_weights(data: SceneArrays, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """The weight of each scene: of its thing, or the mean of its two."""
    of_sprite = np.array([*(_weight(sprite, weights) for sprite in sprites()), np.nan])
    return np.asarray(np.nanmean(of_sprite[data.things[:, :, 0]], axis=1) * offered_rows(data))
