"""A picture in one line of words, for those who read a lesson without seeing it."""

import numpy as np

from tdiff.arrays import U8
from tdiff.world.palette import COLOURS, nearest_colours

_NAMED = 3  # colours at most
_WORTH_NAMING = 0.08  # of all pixels


def describe(picture: U8) -> str:
    """Return the colours that fill most of a picture, and how much neighbouring pixels differ.

    The last tells static from a drawing: of static it is about 40 % of the full range, of a drawing a few per cent.

    Args:
        picture: (H, W, 3) uint8.
    """
    nearest = nearest_colours(picture.reshape(-1, 3))
    shares = np.bincount(nearest, minlength=len(COLOURS)) / len(nearest)
    named = [place for place in np.argsort(-shares)[:_NAMED] if shares[place] >= _WORTH_NAMING]
    colours = ", ".join(f"{COLOURS[place]} {shares[place]:.0%}" for place in named)
    return f"{colours}; neighbouring pixels differ by {_roughness(picture):.0%}"


def _roughness(picture: U8) -> float:
    """Mean absolute difference of neighbouring pixels, as a share of the full range."""
    levels = picture.astype(np.float64) / 255
    return float(np.mean([np.abs(np.diff(levels, axis=axis)).mean() for axis in (0, 1)]))
