"""Reading a picture's file without trusting it: a regular file of bounded size, whatever its name says."""

import os
import stat
from pathlib import Path
from typing import Final

from tdiff.errors import ImageError
from tdiff.text import clean_text

SIZE_LIMIT: Final = 20 * 1024 * 1024
"""Largest picture file in bytes."""


def read_picture_file(path: Path) -> bytes:
    """Return the bytes of a picture file.

    Raises:
        ImageError: there is no such file, it is no regular file (a folder, a pipe, a device), it is empty
            or larger than SIZE_LIMIT, or it may not be read.
    """
    shown = clean_text(str(path), 300)
    try:
        # Not blocking, so that a pipe without a writer is refused instead of waited for.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as error:
        raise ImageError(f"there is no file {shown}: check its name") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "this is no file name"
        raise ImageError(f"cannot read {shown}: {reason}") from error
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise ImageError(f"{shown} is no regular file: give a PNG, JPEG or WebP file")
        if found.st_size > SIZE_LIMIT:
            raise ImageError(f"{shown} has {found.st_size / 2**20:.0f} MB, {SIZE_LIMIT >> 20} are allowed: shrink it")
        try:
            data = file.read(SIZE_LIMIT + 1)
        except OSError as error:
            raise ImageError(f"cannot read {shown}: {error.strerror or error}") from error
    if not data:
        raise ImageError(f"{shown} is empty: give a PNG, JPEG or WebP file")
    return data[:SIZE_LIMIT]
