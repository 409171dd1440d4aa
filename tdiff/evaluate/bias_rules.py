"""What a picture of one thing shows, by plain rules on its pixels: which colour, which place.

The rules need no network, so they cannot share a fault with the one that made the picture. They err, and are applied
to training pictures and made pictures alike, so that both err alike.
"""

from typing import Final

import numpy as np

from tdiff.arrays import F32, U8, Mask
from tdiff.world.layout import POSITIONS, nearest_position
from tdiff.world.palette import COLOURS, nearest_colours
from tdiff.world.scenes import SIDE

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels, right and bottom exclusive."""

NOTHING: Final = "nothing there"
"""What an empty ground shows."""
_CONTRAST = 40.0  # least RGB distance of an object's pixel from the ground
_LEAST = 12  # pixels: fewer are specks


def ground_of(picture: U8) -> F32:
    """Return the background's colour, (3,): the median of the border."""
    border = np.concatenate([picture[0], picture[-1], picture[1:-1, 0], picture[1:-1, -1]])
    tone: F32 = np.median(border, axis=0).astype(np.float32)
    return tone


def object_mask(picture: U8) -> Mask:
    """Return which pixels of (H, W, 3) differ from the background: (H, W)."""
    apart = np.linalg.norm(picture.astype(np.float32) - ground_of(picture), axis=-1)
    mask: Mask = apart > _CONTRAST
    return mask


def box_of(mask: Mask) -> Box | None:
    """Return the bounds of a mask, or None where hardly anything is set."""
    if mask.sum() < _LEAST:
        return None
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def colour_of(picture: U8) -> str:
    """Return the colour term that most pixels of the object are nearest to, or `NOTHING`."""
    mask = object_mask(picture)
    if box_of(mask) is None:
        return NOTHING
    return COLOURS[int(np.bincount(nearest_colours(picture[mask]), minlength=len(COLOURS)).argmax())]


def place_of(picture: U8) -> str:
    """Return the named position nearest to the middle of the object's bounds, given its size, or `NOTHING`."""
    box = box_of(object_mask(picture))
    if box is None:
        return NOTHING
    left, top, right, bottom = box
    middle = ((left + right) / 2, (top + bottom) / 2)
    return nearest_position(middle, (right - left, bottom - top), SIDE, tuple(reversed(POSITIONS)))
