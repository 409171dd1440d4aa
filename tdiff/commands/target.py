"""Where output goes: a file, a folder, or standard output. The disk is looked at before the name."""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tdiff.errors import UsageError
from tdiff.files import refuse_existing, write_atomic
from tdiff.text import clean_text
from tdiff.typed_path import path_to_write

_STREAMS: Final = ("-", "/dev/stdout")
_DESCRIPTOR: Final = re.compile(r"(?:/dev/fd|/proc/self/fd)/([0-9]{1,4})")


@dataclass(frozen=True, slots=True)
class Target:
    """A file, a folder or a stream that a person named for output.

    Attributes:
        path: as named, `~` expanded.
        slashed: whether the name ended in a slash, as only a folder's does.
    """

    path: Path
    slashed: bool = False

    @property
    def stream(self) -> int | None:
        """Which open descriptor it names, as `-`, `/dev/stdout` or what a shell makes of `>(…)`; None for none."""
        name = str(self.path)
        found = _DESCRIPTOR.fullmatch(name)
        return 1 if name in _STREAMS else int(found[1]) if found else None

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, or is named as one."""
        return self.stream is None and (self.slashed or self.path.is_dir())

    def file(self, ending: str, what: str, name: str) -> "Target":
        """Return the file that is meant.

        Args:
            ending: that its name must have, such as ".png".
            what: is written, for messages, such as "pictures".
            name: of a file in it, where it is a folder.

        Raises:
            UsageError: its name ends otherwise.
        """
        if self.stream is not None:
            return self
        if self.is_folder:
            return Target(self.path / name)
        if self.path.suffix.lower() != ending:
            kind, said = ending[1:].upper(), clean_text(self.path.suffix, 12) or "a name without ending"
            raise UsageError(
                f"{what} are written as {kind}, not {said}",
                remedy=f"give a name that ends in {ending}, or in / for a folder",
            )
        return self

    def refuse(self, overwrite: bool) -> None:
        """Say what is in the way before the work is done, not after.

        Raises:
            UsageError: it is a terminal.
            OutputError: there is a file already, and `overwrite` is off.
        """
        if self.stream is None:
            if not overwrite:
                refuse_existing(self.path)
        elif _is_terminal(self.stream):
            raise UsageError(
                "a file's bytes would be noise on a terminal", remedy="send them on with > or |, or name a file"
            )

    def write(self, data: bytes, overwrite: bool) -> None:
        """Write a whole file, or to the stream.

        Raises:
            OutputError: it cannot be written.
        """
        if self.stream is None:
            write_atomic(self.path, data, overwrite=overwrite)
        elif self.stream == 1:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            with os.fdopen(os.dup(self.stream), "wb") as stream:
                stream.write(data)


def target_of(text: str) -> Target:
    """Read where output should go, as typed on a command line.

    Raises:
        UsageError: it is empty.
    """
    path = path_to_write(text, pasted=False)
    return Target(path, text.rstrip().endswith(("/", os.sep)))


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor) if descriptor != 1 else sys.stdout.isatty()
    except (OSError, ValueError):
        return False
