"""Pictures as PNG files."""

from collections.abc import Mapping
from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tdiff.errors import UsageError
from tdiff.render.pixels import as_uint8, upscale

SIDE_LIMIT: Final = 8192
"""Longest side in pixels of a picture that is written."""

_LATIN_KEYS: Final = frozenset({"parameters"})
"""Keywords that other tools look for in tEXt chunks; all others are written as UTF-8, in iTXt."""


def png_bytes(picture: NDArray[np.generic], text: Mapping[str, str] | None = None, scale: int = 1) -> bytes:
    """Return a picture as a PNG file.

    Args:
        picture: (H, W, 3), uint8 or floating in [-1, 1].
        text: text fields to carry, keyword → text.
        scale: each pixel becomes scale × scale pixels.

    Raises:
        UsageError: the scale is below 1, or makes a side longer than SIDE_LIMIT.
    """
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    pixels = as_uint8(picture)
    check_scale(pixels.shape[:2], scale)
    info = PngInfo()
    for key, value in (text or {}).items():
        if key in _LATIN_KEYS:
            info.add_text(key, value)  # iTXt where Latin-1 does not have its characters
        else:
            info.add_itxt(key, value)
    file = BytesIO()
    Image.fromarray(upscale(pixels, scale)).save(file, "PNG", pnginfo=info, optimize=True)
    return file.getvalue()


def check_scale(size: tuple[int, ...], scale: int) -> None:
    """Refuse a scale that makes no picture, or one too large to be meant.

    Raises:
        UsageError: it does.
    """
    most = max(1, SIDE_LIMIT // max(size))
    if not 1 <= scale <= most:
        raise UsageError(f"the scale must be from 1 to {most} for a picture of {size[1]}×{size[0]}, not {scale}")
