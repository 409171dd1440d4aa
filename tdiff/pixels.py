"""Pictures as models have them, float32 in [-1, 1], and as files and screens hold them, uint8."""

import numpy as np

from tdiff.arrays import F32, U8


def to_pixels(pictures: F32) -> U8:
    """[-1, 1] → 0 … 255, rounded and clipped."""
    result: U8 = np.clip(np.rint((pictures + 1) * 127.5), 0, 255).astype(np.uint8)
    return result


def from_pixels(pixels: U8) -> F32:
    """0 … 255 → [-1, 1]."""
    return pixels.astype(np.float32) / np.float32(127.5) - 1
