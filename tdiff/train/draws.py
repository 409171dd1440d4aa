"""What a training step sees: scenes drawn by kind, each with one of its captions, or a part of it, or none.

Everything lives on the device that trains and is drawn there, with its own generator; on a CPU the arrays stay
memory-mapped files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Generator, Tensor

from tdiff.evaluate.false_captions import inverse_relations
from tdiff.prompt.vocabulary import EMPTY, MAX_TOKENS, NEGATIVE_LEAD, noun_of, token_ids, tokens
from tdiff.train.data import KINDS, SceneArrays, offered_rows
from tdiff.train.facts import LENGTH, MOST
from tdiff.train.whereabouts import exchanged_boxes
from tdiff.world.concepts import STYLES, concepts
from tdiff.world.sprites import Sprite, sprites
from tdiff.world.usual_style import USUAL_DRAWS, USUAL_STYLE, style_is_said

KIND_SHARES: Final = {"single": 0.36, "pair": 0.55, "count": 0.09}
"""Who stands where is the last thing that a network learns of a picture, and only pairs teach it."""

_AND: Final = token_ids()["and"]

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
        beside: of the captions that name a relation, how many say "and" in its place: that both are there.
    """

    blank: float
    bare: float
    full: float
    open: float
    twins: float
    beside: float


@dataclass(frozen=True, slots=True)
class Draw:
    """One batch, on the device.

    Attributes:
        images: (n, 32, 32, 3) uint8.
        ids: (n, 16) int64 token ids.
        things: (n, 2, 2) int64, see `likeness.shown_things`.
        boxes: (n, 2, 4) uint8, see `whereabouts.boxes`.
        alike: (n,) int64, whose noise and noise level each has: its own, or those of the scene that it is the twin of.
    """

    images: Tensor
    ids: Tensor
    things: Tensor
    boxes: Tensor
    alike: Tensor


class Draws:
    """Draws batches from the training scenes.

    Args:
        data: all of them.
        captions: shares of those that are not the scene's own.
        weights: how much oftener than others a noun is drawn; 1 for those that it does not name. Scenes of a noun
            that is not offered are never drawn.
        shares: how often each kind of scene is drawn.
        device: where to draw.
    """

    def __init__(
        self,
        data: SceneArrays,
        captions: CaptionShares,
        weights: Mapping[str, float] | None = None,
        shares: Mapping[str, float] = KIND_SHARES,
        device: torch.device | str = "cpu",
    ) -> None:
        def held(array: np.ndarray) -> Tensor:
            signed = array.astype(np.int16) if array.dtype == np.uint16 else array
            return torch.from_numpy(signed).to(device)

        self._captions_of = {name: held(getattr(data, name)) for name in ("ids", "full", "open", "facts")}
        self._images, self._twins = held(data.images), held(data.twins)
        self._kinds, self._boxes = held(data.kinds), held(data.boxes)
        self._things = held(data.things.astype(np.int64))
        self._said = held(_said_styles(data))
        self._shares, self._device = captions, torch.device(device)
        self._kind_shares = held(np.array([shares[kind] for kind in KINDS]))
        each = _row_weights(data, weights or {})
        rows = [np.flatnonzero(data.kinds == kind) for kind in range(len(KINDS))]
        self._rows = [held(of_kind) for of_kind in rows]
        self._chances = [held(np.cumsum(each[of_kind])) for of_kind in rows]
        vocabulary = np.arange(len(tokens()))
        self._is_noun = held(np.array([noun_of(token) is not None for token in vocabulary.tolist()]))
        self._is_style = held(np.isin(vocabulary, [token_ids()[style] for style in STYLES]))
        self._inverse = held(inverse_relations())

    def draw(self, count: int, rng: Generator) -> Draw:
        """Return a batch of `count` scenes, the same for the same generator, which is one of the device's."""
        kinds = torch.multinomial(self._kind_shares, count, replacement=True, generator=rng)
        places = torch.rand(count, generator=rng, device=self._device, dtype=torch.float64)
        rows = torch.zeros(count, dtype=torch.long, device=self._device)
        for kind, (of_kind, chances) in enumerate(zip(self._rows, self._chances, strict=True)):
            if len(of_kind):
                found = torch.searchsorted(chances, places * chances[-1], right=True).clamp_max(len(of_kind) - 1)
                rows = torch.where(kinds == kind, of_kind[found], rows)
        rows = rows.sort().values  # files are read in order
        ids = self._beside(self._captions(rows, rng), rng)
        alike = torch.arange(count, device=self._device)
        draw = Draw(self._images[rows], ids, self._things[rows], self._boxes[rows], alike)
        return self._with_twins(draw, rows, rng)

    def _with_twins(self, draw: Draw, rows: Tensor, rng: Generator) -> Draw:
        """Put twins in the place of the last scenes."""
        count = len(rows)
        related = (self._inverse[draw.ids] != draw.ids).any(1) & (self._kinds[rows] == KINDS.index("pair"))
        chosen = torch.nonzero(related & (self._rand(count, rng) < self._shares.twins))[:, 0]
        chosen = chosen[chosen < count - len(chosen)]  # what is replaced cannot have a twin
        places = torch.arange(count - len(chosen), count, device=self._device)
        draw.images[places] = self._twins[rows[chosen]]
        draw.ids[places] = self._inverse[draw.ids[chosen]]
        draw.things[places], draw.alike[places] = draw.things[chosen], chosen
        draw.boxes[places] = exchanged_boxes(draw.boxes[chosen])
        return draw

    def _beside(self, ids: Tensor, rng: Generator) -> Tensor:
        """Put "and" in the place of some relations."""
        chosen = self._rand(len(ids), rng) < self._shares.beside
        return torch.where(chosen[:, None] & (self._inverse[ids] != ids), _AND, ids)

    def _captions(self, rows: Tensor, rng: Generator) -> Tensor:
        shares, count = self._shares, len(rows)
        drawn, which = self._rand(count, rng), torch.randint(MOST, (count,), generator=rng, device=self._device)
        blank, bare, full, open_ = np.cumsum([shares.blank, shares.bare, shares.full, shares.open]).tolist()
        painted = (self._things[rows, :, 1] > 0).any(1)
        alone, in_full = (drawn >= blank) & (drawn < bare), (drawn >= bare) & (drawn < full)
        unsaid = (drawn >= full) & (drawn < open_) & painted
        in_full_ids = self._captions_of["full"][rows].long()
        ids = self._captions_of["ids"][rows].long()
        ids = torch.where(in_full[:, None], in_full_ids, ids)
        ids = torch.where(unsaid[:, None], self._captions_of["open"][rows].long(), ids)
        ids = torch.where(alone[:, None], self._facts(rows, which, rng), ids)
        several = self._is_noun[ids[:, 0]] & (ids[:, 1:] == EMPTY).all(1) & (self._kinds[rows] > 0)
        ids = torch.where(several[:, None], in_full_ids, ids)  # "a cat" alone must not stand for scenes that show more
        ids = self._with_styles(ids, rows)
        return torch.where((drawn < blank)[:, None], EMPTY, ids)

    def _facts(self, rows: Tensor, which: Tensor, rng: Generator) -> Tensor:
        """One fact of each scene, (n, 16), most of them as a negative says it."""
        facts = torch.full((len(rows), MAX_TOKENS), EMPTY, dtype=torch.long, device=self._device)
        facts[:, :LENGTH] = self._captions_of["facts"][rows, which].long()
        behind_lead = torch.cat([torch.full_like(facts[:, :1], NEGATIVE_LEAD), facts[:, :-1]], 1)
        return torch.where((self._rand(len(rows), rng) < _AS_NEGATIVE)[:, None], behind_lead, facts)

    def _with_styles(self, ids: Tensor, rows: Tensor) -> Tensor:
        """Put the style behind captions that leave it open, where training says it; facts said as negatives stay."""
        open_ = ~self._is_style[ids].any(1) & (ids[:, 0] != NEGATIVE_LEAD) & (ids[:, -1] == EMPTY)
        told = open_ & (self._said[rows] != EMPTY)
        end = (ids != EMPTY).sum(1, keepdim=True).clamp_max(MAX_TOKENS - 1)
        return ids.scatter(1, end, torch.where(told[:, None], self._said[rows][:, None], ids.gather(1, end)))

    def _rand(self, count: int, rng: Generator) -> Tensor:
        return torch.rand(count, generator=rng, device=self._device)


def _weight(sprite: Sprite, weights: Mapping[str, float]) -> float:
    usual = USUAL_DRAWS if sprite.style == USUAL_STYLE else 1.0
    return usual * weights.get(concepts()[sprite.concept].name, 1.0)


def _said_styles(data: SceneArrays) -> np.ndarray:
    """Token of the style that training says of each scene, (n,) int64, or EMPTY."""
    styles = np.array([*(sprite.style for sprite in sprites()), 0])[data.things[:, 0, 0]]
    named = np.array([token_ids()[style] for style in STYLES])[styles]
    return np.where(style_is_said(np.arange(len(styles)), styles), named, EMPTY)


def _row_weights(data: SceneArrays, weights: Mapping[str, float]) -> np.ndarray:
    """The weight of each scene, (n,) float64: of its thing, or the mean of its two."""
    of_sprite = np.array([*(_weight(sprite, weights) for sprite in sprites()), np.nan])
    return np.asarray(np.nanmean(of_sprite[data.things[:, :, 0]], axis=1) * offered_rows(data))
