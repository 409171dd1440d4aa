"""The eleven colour terms, in the order that the held-out rule counts them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tdiff.arrays import F32, U8

PALETTE: Final[dict[str, tuple[int, int, int]]] = {
    "red": (214, 40, 40),
    "orange": (245, 130, 32),
    "yellow": (250, 205, 40),
    "green": (52, 160, 70),
    "blue": (44, 98, 214),
    "purple": (130, 60, 180),
    "pink": (245, 130, 180),
    "brown": (125, 80, 45),
    "black": (28, 28, 32),
    "white": (245, 245, 245),
    "gray": (135, 138, 145),
}
"""Colour term → RGB, each channel 0…255 (Berlin & Kay's eleven basic terms)."""

COLOURS: Final[tuple[str, ...]] = tuple(PALETTE)
"""Colour terms in palette order: red is 0, gray is 10."""

TINTS: Final[tuple[tuple[int, int, int], ...]] = (
    (250, 250, 250),
    (225, 235, 245),
    (245, 238, 220),
    (200, 225, 250),
    (230, 245, 225),
    (240, 225, 240),
    (200, 208, 220),
)
"""Unnamed pale grounds, for scenes whose background has no colour word."""


def nearest_colours(pixels: NDArray[np.floating] | U8) -> NDArray[np.intp]:
    """Return for each RGB pixel, (…, 3) in 0…255, which place in `COLOURS` is nearest to it: (…)."""
    apart = pixels.astype(np.float32)[..., None, :] - np.stack([rgb(colour) for colour in COLOURS])
    nearest: NDArray[np.intp] = np.square(apart).sum(axis=-1).argmin(axis=-1)
    return nearest


def rgb(colour: str) -> F32:
    """Return a colour term's RGB as float32 of shape (3,), 0…255."""
    return np.array(PALETTE[colour], np.float32)
