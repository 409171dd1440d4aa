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
        with open(path, "rb", opener=_open_without_waiting) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise ImageError(f"{shown} is no regular file: give a PNG, JPEG or WebP file")
            data = file.read(SIZE_LIMIT + 1)
    except FileNotFoundError as error:
        raise ImageError(f"there is no file {shown}: check its name") from error
    except IsADirectoryError as error:
        raise ImageError(f"{shown} is a folder and no regular file: give a file in it") from error
    except OSError as error:
        raise ImageError(f"cannot read {shown}: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in the name
        raise ImageError(f"cannot read {shown}: this is no file name") from error
    if len(data) > SIZE_LIMIT:
        raise ImageError(f"{shown} has {found.st_size / 2**20:.0f} MB, {SIZE_LIMIT >> 20} are allowed: shrink it")
    if not data:
        raise ImageError(f"{shown} is empty: give a PNG, JPEG or WebP file")
    return data


def _open_without_waiting(path: str, flags: int) -> int:
    """A pipe that nobody writes to is opened, and then refused, instead of waited for."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
