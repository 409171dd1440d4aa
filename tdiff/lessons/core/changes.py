"""What changed between two pictures, and where a colour is."""

import numpy as np

from tdiff.arrays import U8, Mask
from tdiff.world.palette import COLOURS, nearest_colours

VISIBLE = 26
"""Levels of 255 by which a channel must differ for the eye to see another colour: a tenth of the range."""


def changed(before: U8, after: U8) -> Mask:
    """Return which pixels visibly differ: (…, H, W) of pictures (…, H, W, 3)."""
    apart = np.abs(before.astype(np.int16) - after.astype(np.int16)).max(axis=-1)
    mask: Mask = apart >= VISIBLE
    return mask


def of_colour(pictures: U8, colour: str) -> Mask:
    """Return which pixels are nearer to a colour term than to the other ten: (…, H, W) of (…, H, W, 3)."""
    mask: Mask = nearest_colours(pictures) == COLOURS.index(colour)
    return mask
