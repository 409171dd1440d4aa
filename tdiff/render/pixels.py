"""Pictures as the model has them, float32 in [-1, 1], and as files and terminals want them, uint8."""

import numpy as np
from numpy.typing import NDArray

from tdiff.arrays import U8


def as_uint8(picture: NDArray[np.generic]) -> U8:
    """Return a picture as uint8.

    Args:
        picture: (…, 3), uint8 (returned as it is) or floating in [-1, 1]; values beyond are clipped.

    Raises:
        ValueError: it is of another type, holds NaN or infinity, or has no three channels.
    """
    if picture.ndim < 3 or picture.shape[-1] != 3:
        raise ValueError(f"a picture has the shape (height, width, 3), not {picture.shape}")
    if picture.dtype == np.uint8:
        return picture.astype(np.uint8, copy=False)
    if not np.issubdtype(picture.dtype, np.floating):
        raise ValueError(f"a picture is uint8 or floating, not {picture.dtype}")
    values = picture.astype(np.float32)
    if not np.isfinite(values).all():
        raise ValueError("a picture holds numbers that are not finite")
    pixels: U8 = np.clip(np.rint((values + 1) * 127.5), 0, 255).astype(np.uint8)
    return pixels


def upscale(pixels: U8, factor: int) -> U8:
    """Repeat each pixel factor × factor times.

    Args:
        pixels: (H, W, 3) uint8.
        factor: a whole number of at least 1.
    """
    if factor < 1:
        raise ValueError(f"a scale is a whole number from 1, not {factor}")
    return pixels if factor == 1 else pixels.repeat(factor, 0).repeat(factor, 1)


def resized(pixels: U8, height: int, width: int) -> U8:
    """Show pixels (H, W, 3) in another number of them: averaged over areas where there are fewer, else repeated."""
    from PIL import Image

    if pixels.shape[:2] == (height, width):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX))


def middle(pixels: U8, side: int) -> U8:
    """Show the square in the middle of pixels (H, W, 3) as (side, side, 3)."""
    height, width = pixels.shape[:2]
    whole = min(height, width)
    top, left = (height - whole) // 2, (width - whole) // 2
    return resized(pixels[top : top + whole, left : left + whole], side, side)


def fitted(pixels: U8, side: int, ground: int) -> U8:
    """Show pixels (H, W, 3) as large as they fit into a square, (side, side, 3).

    Args:
        pixels: of any size.
        side: of the square.
        ground: grey of what they leave free, 0 … 255.
    """
    height, width = pixels.shape[:2]
    longest = max(height, width)
    rows, columns = max(1, round(side * height / longest)), max(1, round(side * width / longest))
    square = np.full((side, side, 3), ground, np.uint8)
    top, left = (side - rows) // 2, (side - columns) // 2
    square[top : top + rows, left : left + columns] = resized(pixels, rows, columns)
    return square
