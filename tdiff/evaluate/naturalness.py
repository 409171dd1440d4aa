"""How natural a set of pictures looks, beside real scenes of the world."""

from typing import Final

import numpy as np

from tdiff.arrays import F32, F64
from tdiff.evaluate.metrics import covered

_PATCH: Final = 8  # pixels along a side
_NEIGHBOURS = 3
_END = 0.98  # of the range -1 … 1


def natural(made: F32, real: F32) -> float:
    """Return the share of patches that lie among those of real scenes; see `natural_each`."""
    return float(natural_each(made, real).mean())


def natural_each(made: F32, real: F32) -> F64:
    """Return for each picture the share of its patches that lie among those of real scenes (k-NN precision): (n,).

    Kynkäänniemi et al. 2019, eq. 1. A patch of 8×8 pixels does if it is nearer to some real patch than that one's
    third neighbour among them. Patches judge colour and texture, whatever is shown; plain ones pass easily, so a set
    that is plainer than real scenes scores above other real scenes. In the text–image pair's space
    colours that are too strong count for little, and whole pictures are too far apart for neighbours to mean much.

    Args:
        made: (n, 32, 32, 3) in [-1, 1].
        real: (m, 32, 32, 3); some two hundred are plenty, since time grows with m².
    """
    inside = covered(_patches(made), _patches(real), _NEIGHBOURS)
    shares: F64 = inside.reshape(len(made), -1).mean(axis=1)
    return shares


def saturated(pictures: F32) -> float:
    """Return the share of pixels (…, 3) in which a channel is at the end of its range, where it cannot go further."""
    return float((np.abs(pictures) >= _END).any(axis=-1).mean())


def _patches(pictures: F32) -> F32:
    """(n, 32, 32, 3) → (16·n, 192)."""
    count, height, width, channels = pictures.shape
    cells = pictures.reshape(count, height // _PATCH, _PATCH, width // _PATCH, _PATCH, channels)
    return cells.transpose(0, 1, 3, 2, 4, 5).reshape(-1, _PATCH * _PATCH * channels)
