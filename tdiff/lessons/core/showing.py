"""Arrays that are no pictures, and pictures that are too small, as something to look at."""

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.pipeline import to_pixels

NOISE_SCALE = 0.5
"""Noise is shown at half strength, so that two standard deviations fill the range of colours."""


def noise_pixels(eps: F32) -> U8:
    """Return noise (H, W, 3), of standard deviation 1, as uint8."""
    return to_pixels(NOISE_SCALE * eps)


def error_pixels(squared: F32) -> U8:
    """Return squared errors by brightness: black where there is none, white from the error of 1 on.

    Args:
        squared: (H, W, 3); the mean over channels is shown. Its root is drawn, so that small errors show too.
    """
    level = 255 * np.sqrt(squared.mean(axis=-1, keepdims=True)).clip(0, 1)
    return np.repeat(np.rint(level), 3, axis=-1).astype(np.uint8)


def sheet(pictures: F32) -> U8:
    """Return four pictures (4, 16, 16, 3) as one of (32, 32, 3) uint8, in reading order."""
    rows = [np.concatenate(list(pair), axis=1) for pair in (pictures[:2], pictures[2:4])]
    return to_pixels(np.concatenate(rows, axis=0))


def doubled(picture: F32) -> U8:
    """Return a picture of (16, 16, 3) at twice its size, uint8."""
    return to_pixels(picture).repeat(2, axis=0).repeat(2, axis=1)


def map_pixels(values: F32) -> U8:
    """Return a map (H, W) of numbers from 0 up by brightness: black for 0, white for the map's own largest."""
    level = 255 * values / max(float(values.max()), 1e-12)
    return np.repeat(np.rint(level)[..., None], 3, axis=-1).astype(np.uint8)
