"""Pictures at half their size: what the small network learns from, and several of them in one pane."""

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.lessons.core.showing import sheet
from tdiff.pipeline import from_pixels

ON_SHEET = 4


def halved(pictures: F32) -> F32:
    """Average blocks of 2×2 pixels: (n, 32, 32, 3) → (n, 16, 16, 3)."""
    count, height, width, channels = pictures.shape
    blocks = pictures.reshape(count, height // 2, 2, width // 2, 2, channels)
    return np.ascontiguousarray(blocks.mean(axis=(2, 4)), dtype=np.float32)


def four_of(pixels: U8) -> U8:
    """Return the first four of (n, 32, 32, 3) uint8, n ≥ 4, as one picture of (32, 32, 3), in reading order."""
    return sheet(halved(from_pixels(pixels[:ON_SHEET])))
