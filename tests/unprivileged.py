"""Doing something as a user who is not root, to whom the permissions of files apply."""

import os
from collections.abc import Callable
from pathlib import Path

_NOBODY = 65534


def without_privileges(work: Callable[[], None], *owned: Path) -> None:
    """Do something in a child process of a user without privileges; an error in it is an error here.

    Args:
        work: what to do. What it needs must be imported before.
        owned: files and folders that belong to that user.
    """
    if os.geteuid() != 0:
        work()
        return
    for path in owned:
        os.chown(path, _NOBODY, -1)
        for parent in path.parents:
            if parent.stat().st_uid == 0 and parent != Path(parent.anchor):
                parent.chmod(parent.stat().st_mode | 0o011)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setuid(_NOBODY)
            work()
        except BaseException as error:
            os.write(writing, f"{type(error).__name__}: {error}".encode()[:4000])
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as said:
        trouble = said.read().decode("utf-8", "replace")
    assert not trouble, trouble
