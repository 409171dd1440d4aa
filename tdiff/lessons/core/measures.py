"""What is measured in pictures: layout and detail, edges, and how far a set of them is apart."""

from itertools import combinations

import numpy as np

from tdiff.arrays import F32, F64
from tdiff.diffusion import mean_abs_difference

_BLOCK = 4  # pixels along a block's side: what is smaller counts as detail
_STRONGEST = 0.95  # edges above this quantile are what the eye takes for sharpness


def layout(pictures: F32) -> F32:
    """Return the average of each block of 4×4 pixels: (B, 32, 32, 3) → (B, 8, 8, 3)."""
    batch, height, width, channels = pictures.shape
    blocks = pictures.reshape(batch, height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK, channels)
    means: F32 = blocks.mean(axis=(2, 4))
    return means


def detail(pictures: F32) -> F32:
    """Return what is left when each block's average is taken out: (B, 32, 32, 3)."""
    coarse = layout(pictures).repeat(_BLOCK, axis=1).repeat(_BLOCK, axis=2)
    rest: F32 = pictures - coarse
    return rest


def edges(pictures: F32) -> F64:
    """Return how strong the strongest twentieth of edges is, on average: (B,), 0 … 2.

    An edge is the largest channel's difference between neighbouring pixels. A blur spreads edges out, so this
    falls even where contrast stays, which the mean over all neighbours would hide.

    Args:
        pictures: (B, 32, 32, 3); values outside [-1, 1] count as clipped, as they are shown.
    """
    shown = np.asarray(pictures, np.float64).clip(-1, 1)
    steps = [np.abs(np.diff(shown, axis=axis)).max(axis=-1).reshape(len(shown), -1) for axis in (1, 2)]
    every = np.sort(np.concatenate(steps, axis=1), axis=1)
    strongest: F64 = every[:, int(_STRONGEST * every.shape[1]) :].mean(axis=1)
    return strongest


def difference(first: F32, second: F32) -> float:
    """Mean absolute difference of two pictures (H, W, 3) as they are shown: 0 equal … 2 the most."""
    return float(mean_abs_difference(first[None].clip(-1, 1), second[None].clip(-1, 1))[0])


def spread(pictures: F32) -> float:
    """Mean of `difference` over every pair of a batch (B, H, W, 3), B ≥ 2."""
    return float(np.mean([difference(first, second) for first, second in combinations(pictures, 2)]))
