"""A mark hidden in the starting noise: a key's pattern in place of part of it, so that it still looks like noise.

`ring` (after Tree-Ring, Wen et al. 2023, section 3.2, the variant "rand"): a ring of spatial frequencies of the
noise's brightness is replaced by the same ring of a noise drawn from the key. It is in every picture of a key,
while all other frequencies stay the seed's own. The paper's other variant, one value along each ring, would survive
rotation, but at 32×32 it draws a visible bull's-eye into the pictures.

`bits` (after Gaussian Shading, Yang et al. 2024, section 3.2): the seed decides how large each number of the noise
is, the key its sign. 64 bits, each spread over 48 numbers and scrambled, so that over all keys the noise is exactly
normal. One set of signs would make all pictures of a prompt alike, so a key has 16 of them and the seed picks one.

The key is its id: whoever knows it can find the mark, and can put it elsewhere.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from tdiff.arrays import F32, Mask
from tdiff.diffusion.errors import SettingError
from tdiff.diffusion.noise import NoiseStream
from tdiff.diffusion.run import PICTURE, Start

METHODS: Final = ("ring", "bits")
METHOD: Final = "ring"
"""The one that recipes use: it survived more where both were measured."""
DEFAULT_KEY: Final = "d1ff"
"""For people who want a mark and have no key."""
RING: Final = (3.0, 12.0)
"""Radii in cycles a picture, the inner one included. Lower frequencies decide the layout, which stays the seed's;
higher ones do not survive JPEG."""
PATTERNS: Final = 16
"""Sets of signs that a key has; seed s uses number s mod 16."""
BITS: Final = 64
COLOURS: Final[F32] = (np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]]) / np.sqrt([[3], [2], [6]])).astype(np.float32)
"""Orthonormal axes: brightness, then two of colour. A rotation, so normal noise stays normal."""


def mark(noise: F32, key: str, method: str = METHOD, seeds: Sequence[int] = (0,)) -> F32:
    """Hide a key in noise.

    Args:
        noise: (B, H, W, 3) or (H, W, 3), standard normal.
        key: Id of the key, 4 to 64 lower-case hex digits.
        method: "ring" or "bits".
        seeds: Of each picture, or one for all; they pick the signs of `bits`, and `ring` ignores them.

    Returns:
        The marked noise, of the same shape.

    Raises:
        SettingError: If the key, the method or the shape is not as said.
    """
    if noise.ndim not in (3, 4) or noise.shape[-1] != 3:
        raise SettingError(f"a mark goes into noise of the shape (B, H, W, 3) or (H, W, 3), not {noise.shape}")
    height, width = noise.shape[-3:-1]
    if method == "ring":
        return noise - ring_part(noise) + ring_pattern(key, height, width)
    if method != "bits":
        raise SettingError(f"a mark is one of {', '.join(METHODS)}, not {method!r}")
    if len(seeds) not in (1, len(noise) if noise.ndim == 4 else 1):
        raise SettingError(
            f"there are {len(seeds)} seeds for a noise of the shape {noise.shape}", remedy="give one each"
        )
    signs = np.stack([sign_pattern(key, seed % PATTERNS, height, width) for seed in seeds])
    shaded = np.abs(noise @ COLOURS.T) * (signs if noise.ndim == 4 else signs[0])
    return from_axes(shaded)


def marked_start(seeds: Sequence[int], keys: Sequence[str | None], method: str = METHOD) -> Start | None:
    """Where a batch begins of which some pictures shall carry a mark.

    Args:
        seeds: One for each picture.
        keys: For each the id of its key, or None to leave its noise as it is.
        method: "ring" or "bits".

    Returns:
        A start at step 0, or None where no picture has a key.

    Raises:
        SettingError: If a seed or a key is not one.
    """
    if not any(key is not None for key in keys):
        return None
    noise = NoiseStream(seeds, PICTURE).start()
    for place, (seed, key) in enumerate(zip(seeds, keys, strict=True)):
        if key is not None:
            noise[place] = mark(noise[place], key, method, (seed,))
    return Start(noise)


def check_key(key: str) -> None:
    """Refuse what is no id of a key.

    Raises:
        SettingError: If it is not 4 to 64 lower-case hex digits.
    """
    if not isinstance(key, str) or not 4 <= len(key) <= 64 or set(key) - set("0123456789abcdef"):
        raise SettingError(f"the id of a key must be 4 to 64 lower-case hex digits, such as {DEFAULT_KEY}")


def from_axes(values: F32) -> F32:
    """Brightness and the two axes of colour, (…, 3), as red, green and blue."""
    return values @ COLOURS


def ring_part(noise: F32) -> F32:
    """What of a noise, (…, H, W, 3), lies in the ring: a projection, equal in its three channels."""
    brightness = noise.mean(axis=-1)
    spectrum = np.fft.fft2(brightness) * _ring_mask(*brightness.shape[-2:])
    return np.repeat(np.fft.ifft2(spectrum).real.astype(np.float32)[..., None], 3, axis=-1)


@lru_cache(maxsize=256)
def ring_pattern(key: str, height: int, width: int) -> F32:
    """The ring of a key: `ring_part` of the standard normals that its stream begins with, (H, W, 3), read-only."""
    pattern = ring_part(_stream(key, "ring").standard_normal((height, width, 3), dtype=np.float32))
    pattern.flags.writeable = False
    return pattern


@lru_cache(maxsize=1024)
def sign_pattern(key: str, pattern: int, height: int, width: int) -> F32:
    """One set of signs of a key, along `COLOURS`: (H, W, 3) of −1 and 1, read-only.

    Number i of the flattened array is key bit i mod 64, turned over where draw i of the stream that scrambles
    is 1. The bits are the first 64 draws of the stream.
    """
    stream = _stream(key, f"bits/{pattern}")
    bits = stream.integers(0, 2, BITS)
    scramble = stream.integers(0, 2, height * width * 3)
    signs = (1 - 2 * (np.resize(bits, scramble.shape) ^ scramble)).astype(np.float32).reshape(height, width, 3)
    signs.flags.writeable = False
    return signs


@lru_cache(maxsize=8)
def _ring_mask(height: int, width: int) -> Mask:
    rows, columns = np.fft.fftfreq(height) * height, np.fft.fftfreq(width) * width
    radius = np.hypot(rows[:, None], columns)
    mask: Mask = (radius >= RING[0]) & (radius < RING[1])
    return mask


def _stream(key: str, purpose: str) -> np.random.Generator:
    """PCG64, seeded with the first 128 bits (big-endian) of SHA-256("tdiff/watermark/1/PURPOSE/KEY")."""
    check_key(key)
    digest = hashlib.sha256(f"tdiff/watermark/1/{purpose}/{key}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))
