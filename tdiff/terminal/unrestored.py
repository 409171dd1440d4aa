"""A note for each terminal that tdiff has taken, left behind only where nobody was there to restore the terminal.

When both of tdiff's processes are killed at once, the terminal stays raw, with mouse reports and the alternate screen
on. The note then tells the next tdiff in that terminal, and keeps the attributes that the terminal had before.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from tdiff.paths import user_dirs

_LONGEST: Final = 4096  # bytes: a note beyond this was not written by us
_NUMBERS: Final = 6  # of the attributes, before the control characters


def note(attributes: list[Any] | None, env: Mapping[str, str] | None = None) -> None:
    """Note that this process has taken the terminal on standard input; a note that cannot be written is left out.

    Args:
        attributes: of the terminal as it was before; None where there is no terminal.
        env: decides the folder of notes.
    """
    path = _path(env)
    if path is None or attributes is None:
        return
    characters = [item if isinstance(item, int) else ord(item) for item in attributes[_NUMBERS]]
    numbers = [os.getsid(0), os.getpid(), *attributes[:_NUMBERS], *characters]
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.unlink(missing_ok=True)  # of an earlier session, or a link to somewhere else
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(" ".join(map(str, numbers)))


def forget(env: Mapping[str, str] | None = None) -> None:
    """Remove the note: the terminal is as it was."""
    path = _path(env)
    if path is not None:
        with suppress(OSError):
            path.unlink()


def unrestored(env: Mapping[str, str] | None = None) -> list[Any] | None:
    """Return what the terminal on standard input was like before a tdiff took it that never gave it back; else None.

    A note of another session is ignored: terminals are numbered, and a new one gets the number of one that was closed.
    """
    path = _path(env)
    if path is None:
        return None
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle) as file:
            session, process, *rest = [int(word) for word in file.read(_LONGEST).split()]
        if session != os.getsid(0) or _runs(process) or len(rest) <= _NUMBERS:
            return None
    except (OSError, ValueError):
        return None
    return [*rest[:_NUMBERS], [bytes([number % 256]) for number in rest[_NUMBERS:]]]


def _path(env: Mapping[str, str] | None) -> Path | None:
    """Where the note for the terminal on standard input is; None where there is no terminal."""
    try:
        name = os.ttyname(0)
    except (AttributeError, OSError):  # Windows, or no terminal
        return None
    return user_dirs(env).runtime / "terminals" / name.strip("/").replace("/", "-")


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it runs, and is not ours
        return True
    return True
