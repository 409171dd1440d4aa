"""Which drawing of the world lies nearest to a picture of one thing, over style, paint, facing, place and size.

The checker names a fish with two tails a fish, since it was trained to see through what generated pictures lack. This
search has learned nothing: it compares pixels with each of the world's drawings, and with what each would be if it were
averaged with its own mirror image. A first pass compares outlines of 12×12 cells by matrix products; the exact second
one sees the best few as they would be painted. The ground is taken out of both.
"""

from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from typing import Final

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.evaluate.bias_rules import box_of, ground_of, object_mask
from tdiff.evaluate.checker import Look
from tdiff.world.palette import COLOURS
from tdiff.world.pose import Pose, posed
from tdiff.world.scenes import SIDE, corner
from tdiff.world.sprites import Sprite, averaged, drawing, resized, sprites

_CELLS: Final = 12  # of an outline, along a side
_PAINTS: Final = (None, *COLOURS)
_SIDES: Final = (-2, -1, 0, 1, 2)  # pixels around the size that the object seems to have
_SHIFTS: Final = (-1, 0, 1)  # pixels around its place
_KEPT: Final = 30  # painted drawings that the first pass hands on
_PLACES: Final = 3  # for each of them
_REFINED: Final = 6  # of the best, which are moved, and tried tilted
_MOVES: Final = ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1))  # size, across, down
_STEPS: Final = 6
_TILTS: Final = (-6.0, -3.0, 3.0, 6.0)  # degrees
_ASYMMETRIC: Final = 0.15
"""A drawing that differs from its mirror image by a smaller share of its squares has no second tail to grow."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The drawing that lies nearest to a picture.

    Attributes:
        sprite: which.
        colour: what it is painted in, None as drawn.
        doubled: whether its mean with its mirror image lies nearer than the drawing itself: two tails, two heads.
        apart: squared distance, as a share of what the picture's object differs from its ground by.
    """

    sprite: Sprite
    colour: str | None
    doubled: bool
    apart: float

    def shows(self, concept: int) -> bool:
        """Whether the picture looks like a drawing of this concept."""
        return self.sprite.concept == concept and not self.doubled


class Drawings:
    """All drawings in all paints, ready to be looked for; making it takes some seconds."""

    def __init__(self) -> None:
        shape = len(sprites()), len(_PAINTS), _CELLS**2
        self._colours = np.empty((*shape, 3), np.float32)  # premultiplied, 0…1
        self._alphas = np.empty((shape[0], shape[2]), np.float32)
        for sprite in sprites():
            for place, paint in enumerate(_PAINTS):
                small = resized(sprite.index, paint, _CELLS).reshape(-1, 4)
                self._colours[sprite.index, place] = small[:, :3] / 255
            self._alphas[sprite.index] = small[:, 3]
        self._squares = np.square(self._colours).sum(axis=(2, 3))  # (drawings, paints)
        self._covered = np.einsum("npkc,nk->npc", self._colours, self._alphas)

    def nearest(self, picture: U8, look: Look) -> Nearest | None:
        """Return the nearest drawing, or None where there is nothing but ground.

        Args:
            picture: (32, 32, 3).
            look: what the checker sees there: its surest object says where to search.
        """
        places = _places(picture, look)
        if not places:
            return None
        ground = ground_of(picture) / np.float32(255)
        apart = picture.astype(np.float32) / np.float32(255) - ground  # (32, 32, 3)
        gains = self._gains(apart, ground, places)  # (places, drawings · paints)
        best = np.argpartition(-gains.max(axis=0), _KEPT)[:_KEPT]
        found = [
            _compared(apart, ground, places[place], *divmod(int(number), len(_PAINTS)))
            for number in best
            for place in np.argpartition(-gains[:, number], _PLACES)[:_PLACES]
        ]
        moved = [_moved(apart, ground, match) for match in nsmallest(_REFINED, found, key=_distance)]
        tilted = [
            _compared(apart, ground, match.place, match.drawing, match.paint, tilt)
            for match in moved
            for tilt in _TILTS
        ]
        match = min((*moved, *tilted), key=lambda each: each.single)
        doubled = min(each.doubled for each in moved)
        share = match.single / max(float(np.square(apart).sum()), 1e-6)
        return Nearest(sprites()[match.drawing], _PAINTS[match.paint], doubled < match.single, share)

    def _gains(self, apart: F32, ground: F32, places: "list[_Place]") -> F32:
        """By how much each drawing in each place explains the picture better than plain ground: (places, n · paints).

        ‖q − u‖² = ‖q‖² − (2·q·u − ‖u‖²) for cells q of the picture and u = s − a·g of the drawing, colours s
        premultiplied by alpha a, both without the ground g. What lies outside a place is ground for every drawing.
        """
        cells = np.stack([_cells(apart, place) for place in places])  # (places, cells, 3)
        count, area = len(places), np.array([place.side**2 / _CELLS**2 for place in places], np.float32)
        common = cells.reshape(count, -1) @ self._colours.reshape(-1, _CELLS**2 * 3).T
        covered = (cells @ ground) @ self._alphas.T  # (places, drawings)
        own = (
            self._squares
            - 2 * self._covered @ ground
            + (np.square(self._alphas).sum(axis=1) * np.square(ground).sum())[:, None]
        )
        gains = 2 * (common.reshape(count, *self._squares.shape) - covered[..., None]) - own
        result: F32 = (gains * area[:, None, None]).reshape(count, -1)
        return result


@dataclass(frozen=True, slots=True)
class _Place:
    """A square in the picture, and whether the drawing is mirrored in it."""

    side: int
    x: int
    y: int
    mirrored: bool


@dataclass(frozen=True, slots=True)
class _Match:
    """A painted drawing in a place, with its squared distances from the picture.

    Attributes:
        drawing, paint: places in `sprites()` and `_PAINTS`.
        single: of the drawing.
        doubled: of its mean with its mirror image; infinite where the two hardly differ.
    """

    drawing: int
    paint: int
    place: _Place
    single: float
    doubled: float


def _distance(match: _Match) -> float:
    return min(match.single, match.doubled)


def _places(picture: U8, look: Look) -> list[_Place]:
    """Squares around the surest object, or around all that differs from the ground where the checker sees none."""
    if look.objects:
        x, y, side = look.objects[0].x, look.objects[0].y, look.objects[0].side
    else:
        box = box_of(object_mask(picture))
        if box is None:
            return []
        left, top, right, bottom = box
        x, y, side = (left + right) / 2, (top + bottom) / 2, max(right - left, bottom - top)
    squares = {
        (size, *corner(x + across, y + down, size))
        for size in (round(side) + step for step in _SIDES)
        if 1 <= size <= SIDE
        for across in _SHIFTS
        for down in _SHIFTS
    }
    return [_Place(*square, mirrored) for square in sorted(squares) for mirrored in (False, True)]


def _cells(apart: F32, place: _Place) -> F32:
    """What is in a place, mirrored back where it is mirrored: (144, 3)."""
    inside = apart[place.y : place.y + place.side, place.x : place.x + place.side]
    small = averaged(inside, _CELLS)
    return (small[:, ::-1] if place.mirrored else small).reshape(-1, 3)


def _moved(apart: F32, ground: F32, match: _Match) -> _Match:
    """Move a match by single pixels, and let it grow or shrink by them, as long as it comes nearer."""
    for _ in range(_STEPS):
        at = match.place
        tried = [
            _compared(apart, ground, place, match.drawing, match.paint)
            for grown, across, down in _MOVES
            if (place := _within(at.side + grown, at.x + across, at.y + down, at.mirrored)) is not None
        ]
        best = min(tried, key=_distance, default=match)
        if _distance(best) >= _distance(match):
            break
        match = best
    return match


def _within(side: int, x: int, y: int, mirrored: bool) -> _Place | None:
    inside = 1 <= side <= SIDE and 0 <= x <= SIDE - side and 0 <= y <= SIDE - side
    return _Place(side, x, y, mirrored) if inside else None


def _compared(apart: F32, ground: F32, place: _Place, number: int, paint: int, tilt: float = 0.0) -> _Match:
    """Paint a drawing in a place and compare."""
    patch = posed(number, _PAINTS[paint], place.side, Pose(tilt=tilt))
    one = patch[..., :3] / np.float32(255) - patch[..., 3:] * ground  # (side, side, 3), without the ground
    if place.mirrored:
        one = one[:, ::-1]
    other = one[:, ::-1]
    inside = apart[place.y : place.y + place.side, place.x : place.x + place.side]
    outside = float(np.square(apart).sum() - np.square(inside).sum())
    has_sides = not tilt and _asymmetry(number, paint) >= _ASYMMETRIC
    return _Match(
        drawing=number,
        paint=paint,
        place=place,
        single=outside + float(np.square(inside - one).sum()),
        doubled=outside + float(np.square(inside - (one + other) / 2).sum()) if has_sides else np.inf,
    )


@lru_cache(maxsize=4096)
def _asymmetry(number: int, paint: int) -> float:
    """By how much a drawing differs from its mirror image, as a share of its own squares; 2 where they never meet."""
    tile = drawing(number, _PAINTS[paint])
    return float(np.square(tile - tile[:, ::-1]).sum() / np.square(tile).sum())
