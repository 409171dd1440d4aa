"""Reducing colour to what a terminal has: 256 colours, 16, grey, or black and white."""

from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from tdiff.arrays import F32, U8

Depth = Literal["true", "256", "16", "mono", "ascii"]
"""Colour depth of a terminal; "mono" has half blocks without colour, "ascii" not even those."""

_ANSI16: Final = (
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
)  # fmt: skip

_BAYER: Final = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 - 15 / 32
_SPREAD: Final = {"256": 24.0, "16": 100.0}  # more would be truer in the mean and too grainy in pale tones
_LUMA: Final = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


@cache
def xterm_palette() -> U8:
    """The 256 colours of xterm as (256, 3) uint8: 16 named, a 6×6×6 cube, 24 greys."""
    steps = (0, 95, 135, 175, 215, 255)
    cube = [(r, g, b) for r in steps for g in steps for b in steps]
    return np.array([*_ANSI16, *cube, *((8 + 10 * i,) * 3 for i in range(24))], np.uint8)


def palette_indices(pixels: U8, depth: Literal["256", "16"], dither: bool = True) -> U8:
    """Return the palette index of each pixel, nearest in CIELAB, after ordered dithering.

    Args:
        pixels: (H, W, 3) uint8.
        depth: "256" uses indices 16 … 255 only, since users theme the first 16; "16" uses those.
        dither: spread rounding error over a 4×4 Bayer matrix.

    Returns:
        (H, W) uint8.
    """
    shown = pixels
    if dither:
        height, width = pixels.shape[:2]
        pattern = np.tile(_BAYER, (height // 4 + 1, width // 4 + 1))[:height, :width, None]
        shown = np.clip(pixels + pattern * np.float32(_SPREAD[depth]), 0, 255).astype(np.uint8)
    coarse = (shown >> 3).astype(np.uint16)
    found: U8 = _table(depth)[coarse[..., 0] << 10 | coarse[..., 1] << 5 | coarse[..., 2]]
    return found


def luminance(pixels: U8) -> F32:
    """(H, W, 3) uint8 → (H, W) float32, 0 … 1."""
    result: F32 = pixels @ _LUMA / np.float32(255)
    return result


def grey(pixels: U8) -> U8:
    """The same picture in grey, (H, W, 3) uint8."""
    level = np.rint(luminance(pixels) * 255).astype(np.uint8)
    return np.repeat(level[..., None], 3, -1)


def to_lab(rgb: NDArray[np.floating]) -> F32:
    """Convert sRGB 0 … 255 (…, 3) to CIELAB under D65."""
    scaled = rgb.astype(np.float32) / 255
    linear = np.where(scaled <= 0.04045, scaled / 12.92, ((scaled + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], np.float32)
    xyz = linear @ matrix.T / np.array([0.9505, 1.0, 1.089], np.float32)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1).astype(np.float32)


@cache
def _table(depth: Literal["256", "16"]) -> U8:
    """All 32,768 colours of five bits a channel → nearest palette index."""
    low, high = (16, 256) if depth == "256" else (0, 16)
    steps = np.arange(32)
    levels = (steps << 3 | steps >> 2).astype(np.float32)
    every = to_lab(np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), -1).reshape(-1, 3))
    colours = to_lab(xterm_palette()[low:high].astype(np.float32))
    # |a - b|² = |a|² - 2ab + |b|²; |a|² does not change which b is nearest
    distance = (colours**2).sum(-1) - 2 * every @ colours.T
    nearest: U8 = (distance.argmin(1) + low).astype(np.uint8)
    return nearest
