"""Reading a picture's file without trusting it, whatever its name says."""

from pathlib import Path
from typing import Final

from tdiff.errors import ImageError
from tdiff.reading import ReadError, read_file, read_given, shown_name

SIZE_LIMIT: Final = 20 * 1024 * 1024
"""Largest picture file in bytes."""

PIXELS_LIMIT: Final = 16_000_000
"""Most pixels that are decoded."""

JPEG_PIXELS_LIMIT: Final = 128_000_000
"""Most pixels of a JPEG, which can be reduced while it is decoded."""

WEBP_PIXELS_LIMIT: Final = 12_500_000
"""Most pixels of a WebP, whose decoder holds four copies of them, of 4 bytes a pixel, at once."""

SIDE_LIMIT: Final = 65_535
"""Longest side: each row of a picture takes memory beside its pixels."""

BLOCKS_LIMIT: Final = 30_000
"""Chunks of a PNG, or blocks of another picture file, before it is given up as made to waste time."""

PROGRESSIVE_PIXELS_LIMIT: Final = 26_000_000
"""Most pixels of a progressive JPEG: all its coefficients, up to 6 bytes a pixel, are in memory at once."""


def read_picture_file(path: Path, pipes: bool = False) -> bytes:
    """Return the bytes of a picture file.

    Args:
        path: where it is.
        pipes: whether a pipe or standard input will do, for which the caller then waits.

    Raises:
        ImageError: there is no such file, it is a folder or a device, it is empty or larger than SIZE_LIMIT, or it may
            not be read.
    """
    try:
        data = (read_given if pipes else read_file)(path, SIZE_LIMIT, "a PNG, JPEG, WebP or GIF file")
    except ReadError as error:
        raise ImageError(error.message, remedy=error.remedy) from error
    if not data:
        raise ImageError(f"{shown_name(path)} is empty", remedy="give a PNG, JPEG, WebP or GIF file")
    return data
