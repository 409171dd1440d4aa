"""Reading files without trusting them: of bounded size, never waiting for one that nobody writes to."""

import errno
import os
import re
import select
import stat
import sys
from pathlib import Path
from typing import BinaryIO, Final

from tdiff.errors import TdiffError
from tdiff.text import clean_text

STDIN: Final = "-"
_DESCRIPTOR: Final = re.compile(r"(?:/dev/fd|/proc/self/fd)/([0-9]{1,4})")
_PATIENCE: Final = 1.0  # seconds for somebody to begin to write to a named pipe
_PIECE: Final = 1 << 20
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


class ReadError(TdiffError):
    """A file cannot be read; the message is one sentence.

    Attributes:
        missing: whether there is no such file.
        denied: whether there may be one, which this user may not read.
    """

    kind = "file"

    def __init__(self, message: str, *, remedy: str = "", missing: bool = False, denied: bool = False) -> None:
        super().__init__(message, remedy=remedy)
        self.missing, self.denied = missing, denied


def read_file(path: Path, limit: int, wanted: str = "a file") -> bytes:
    """Read a regular file: not a pipe or a device, of which nobody knows when they end.

    Args:
        path: where it is.
        limit: most bytes.
        wanted: what to give instead, such as "a PNG, JPEG or WebP file".

    Raises:
        ReadError: it is not there, of another kind, larger, or may not be read.
    """
    return _read(path, limit, wanted, pipes=False)


def read_given(path: Path, limit: int, wanted: str = "a file", typed: bool = False) -> bytes:
    """Read what a command was given: a file, a pipe such as `<(…)`, or standard input as `-` or `/dev/stdin`.

    Args:
        path: where it is.
        limit: most bytes.
        wanted: what to give instead, such as "a PNG, JPEG or WebP file".
        typed: whether standard input may be a terminal, for what people can type.

    Raises:
        ReadError: it is not there, of another kind, larger, or may not be read.
    """
    descriptor = descriptor_of(path)
    if descriptor is None:
        return _read(path, limit, wanted, pipes=True)
    shown = shown_name(path)
    if descriptor == 0 and sys.stdin is None:
        raise ReadError(f"{shown} is closed", remedy=f"give {wanted}")
    try:
        if not typed and (sys.stdin.isatty() if descriptor == 0 else os.isatty(descriptor)):
            raise ReadError(f"{shown} is a terminal", remedy=f"give {wanted}, or send one with < or |")
        if descriptor != 0:
            return _bounded(descriptor, limit, shown, wanted)
        data = sys.stdin.buffer.read(limit + 1)
    except OSError as error:
        raise ReadError(f"cannot read {shown}: {error.strerror or error}") from error
    if len(data) > limit:
        raise ReadError(f"{shown} has {_more_than(limit)} are allowed", remedy="shrink it")
    return data


def descriptor_of(path: Path) -> int | None:
    """Which open descriptor of this process a path names, as `-`, `/dev/stdin` or `/dev/fd/63`; None if none."""
    name = str(path)
    if name in (STDIN, "/dev/stdin"):
        return 0
    found = _DESCRIPTOR.fullmatch(name)
    return int(found[1]) if found else None


def shown_name(path: Path) -> str:
    """A path as messages show it."""
    return "standard input" if descriptor_of(path) == 0 else clean_text(str(path), 300)


def open_file(path: Path, wanted: str = "a file") -> BinaryIO:
    """Open a regular file to read parts of it: not a pipe or a device, and without waiting for one.

    Raises:
        ReadError: it is not there, of another kind, or may not be read.
    """
    return os.fdopen(_opened(path, wanted, pipes=False), "rb")


def _read(path: Path, limit: int, wanted: str, pipes: bool) -> bytes:
    handle = _opened(path, wanted, pipes)
    shown = shown_name(path)
    try:
        return _bounded(handle, limit, shown, wanted)
    except OSError as error:
        raise ReadError(f"cannot read {shown}: {error.strerror or error}") from error
    finally:
        os.close(handle)


def _opened(path: Path, wanted: str, pipes: bool) -> int:
    """The open handle of a file of a kind that is wanted."""
    shown = shown_name(path)
    try:
        handle = os.open(path, _FLAGS)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ReadError(f"there is no file {shown}", remedy="check its name", missing=True) from error
    except PermissionError as error:
        raise ReadError(f"{shown} may not be read", remedy=f"ask its owner, or give {wanted}", denied=True) from error
    except ValueError as error:  # a NUL in the name
        raise ReadError(f"cannot read {shown}: this is no file name") from error
    except OSError as error:
        if error.errno == errno.ENXIO:  # a socket
            raise ReadError(f"{shown} is no regular file", remedy=f"give {wanted}") from error
        raise ReadError(f"cannot read {shown}: {error.strerror or error}") from error
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise ReadError(f"{shown} is a folder and no regular file", remedy="give a file in it")
        if not stat.S_ISREG(mode) and not (pipes and stat.S_ISFIFO(mode)):
            raise ReadError(f"{shown} is no regular file", remedy=f"give {wanted}")
    except BaseException:
        os.close(handle)
        raise
    return handle


def _bounded(handle: int, limit: int, shown: str, wanted: str) -> bytes:
    """Read to the end; more than the limit is refused."""
    pieces: list[bytes] = []
    room, waited = limit + 1, False
    while room > 0:
        try:
            piece = os.read(handle, min(room, _PIECE))
        except BlockingIOError:  # somebody has it open for writing: more will come, or its end
            select.select([handle], [], [])
            continue
        if piece:
            pieces.append(piece)
            room -= len(piece)
        elif pieces or not _is_named_pipe(handle):
            break
        elif waited:
            raise ReadError(f"{shown} is no regular file but a pipe that nobody writes to", remedy=f"give {wanted}")
        else:  # as it looks before anybody has opened it for writing
            waited = True
            _wait_for_writer(handle)
    if room <= 0:
        raise ReadError(f"{shown} has {_size(handle, limit)} are allowed", remedy="shrink it")
    return b"".join(pieces)


def _is_named_pipe(handle: int) -> bool:
    """Whether it was opened here, without waiting: what was inherited has had its writer."""
    return stat.S_ISFIFO(os.fstat(handle).st_mode) and not os.get_blocking(handle)


def _wait_for_writer(handle: int) -> None:
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    poll.poll(_PATIENCE * 1000)


def _size(handle: int, limit: int) -> str:
    """How large it is, and how large it may be."""
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        return _more_than(limit)
    shift, unit = _unit(limit)
    return f"{round(found.st_size / (1 << shift))} {unit}, {limit >> shift}"


def _more_than(limit: int) -> str:
    shift, unit = _unit(limit)
    return f"more than {limit >> shift} {unit}, which"


def _unit(limit: int) -> tuple[int, str]:
    return (20, "MB") if limit >= 1 << 20 else (10, "kB")
