"""What a picture of one thing shows, by plain rules on its pixels: which colour, which place, which drawing style.

The rules need no network, so they cannot share a fault with the one that made the picture. They err, and are applied
to training pictures and made pictures alike, so that both err alike.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tdiff.world.concepts import STYLES
from tdiff.world.layout import POSITIONS, nearest_position
from tdiff.world.palette import COLOURS, nearest_colours
from tdiff.world.scenes import SIDE
from tdiff.world.sprites import resized, shown

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]
Mask = NDArray[np.bool_]
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


def style_of(picture: U8, concept: int) -> str:
    """Return the style whose drawing of a concept fits best into the object's bounds, or `NOTHING`.

    Each drawing is tried as it is and mirrored, in its own colours and in the object's.
    """
    box = box_of(object_mask(picture))
    if box is None:
        return NOTHING
    tone, paint = ground_of(picture), colour_of(picture)
    apart = {
        (style, flip, colour): _misfit(picture, sprite.index, colour, box, flip, tone)
        for style, sprite in shown()[concept].items()
        for flip in (False, True)
        for colour in (None, paint)
    }
    return STYLES[min(apart, key=lambda key: apart[key])[0]]


def _misfit(picture: U8, sprite: int, colour: str | None, box: Box, flip: bool, tone: F32) -> float:
    """Mean squared difference between a picture and a drawing, put where the object's bounds are."""
    side = max(box[2] - box[0], box[3] - box[1])
    drawn = resized(sprite, colour, side, flip)
    own = box_of(drawn[..., 3] > 0.5) or (0, 0, side, side)
    side = min(round(side * side / max(own[2] - own[0], own[3] - own[1])), SIDE)  # so that its own bounds fit
    drawn = resized(sprite, colour, side, flip)
    x, y = ((box[0] + box[2] - side) // 2, (box[1] + box[3] - side) // 2)
    x, y = min(max(x, 0), SIDE - side), min(max(y, 0), SIDE - side)
    canvas = np.broadcast_to(tone, (SIDE, SIDE, 3)).copy()
    view = canvas[y : y + side, x : x + side]
    view[:] = view * (1 - drawn[..., 3:]) + drawn[..., :3]
    return float(np.square(canvas - picture).mean())
