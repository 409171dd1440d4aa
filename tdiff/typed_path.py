"""Paths as people type, paste and drop them: `~`, quotes and backslashes of a shell, `file://` addresses."""

import os
import platform
import shlex
from pathlib import Path
from urllib.parse import unquote_to_bytes

from tdiff.errors import UsageError

_ADDRESS = "file:"


def path_to_read(text: str) -> Path:
    """Return the path of something to read. What is there under the literal name comes first.

    Args:
        text: as typed, or as a terminal writes a file that is dropped on it.

    Raises:
        UsageError: it is empty.
    """
    literal, undone = _readings(text)
    return literal if os.path.lexists(literal) else undone


def path_to_write(text: str, pasted: bool = True) -> Path:
    """Return the path of something to write.

    Args:
        text: as typed.
        pasted: whether no shell has undone the quotes in it yet. What exists under the literal name stays meant.

    Raises:
        UsageError: it is empty.
    """
    literal, undone = _readings(text)
    if pasted or text.strip().startswith(_ADDRESS):
        return literal if os.path.lexists(literal) else undone
    return literal


def _readings(text: str) -> tuple[Path, Path]:
    """A text taken literally but for a home folder, and with what shells and file managers add undone."""
    if not text.strip():
        raise UsageError("the name is empty", remedy="give a file or a folder, such as a.png or the folder pictures")
    bare = text.strip()
    plain = _from_address(bare) if bare.startswith(_ADDRESS) else _unquoted(bare)
    exact = text if os.path.lexists(text) else bare
    return _at_home(exact), _at_home(plain)


def _at_home(text: str) -> Path:
    """`~` and `~user` become folders where there are such; otherwise they are names."""
    try:
        return Path(os.path.expanduser(text))
    except ValueError:  # a NUL in the name of a user
        return Path(text)


def _unquoted(text: str) -> str:
    """Undo a shell's quoting, if what is left is one word."""
    try:
        words = shlex.split(text)
    except ValueError:  # a quote that nothing closes: an apostrophe
        return text
    return words[0] if len(words) == 1 and words[0] else text


def _from_address(text: str) -> str:
    """`file:///a%20b` as a path; of another machine's files it stays what it is."""
    rest = text.removeprefix(_ADDRESS)
    if rest.startswith("//"):
        host, slash, name = rest[2:].partition("/")
        if host not in ("", "localhost", platform.node()):
            return text
        rest = slash + name
    return os.fsdecode(unquote_to_bytes(rest.encode("utf-8", "surrogateescape"))) if rest.startswith("/") else text
