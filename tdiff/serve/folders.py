"""Folders of visitors: each is locked while its server lives, so that the next one can tell what was left behind."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

_PREFIX: Final = "tdiff-visitor-"
_TRIES: Final = 3


class VisitorFolder:
    """An empty folder for one visitor, which only we can read."""

    def __init__(self) -> None:
        self.path, self._lock = _made()

    def remove(self) -> None:
        """Remove it with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def sweep() -> int:
    """Remove our folders that nobody holds any more, because their server was killed; returns how many those were."""
    removed = 0
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        lock = _locked(path)
        if lock is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)
            removed += not path.exists()
    return removed


def _made() -> tuple[Path, int | None]:
    """A new folder and its lock; no lock where the file system has none, and then nobody sweeps there either."""
    for _ in range(_TRIES):
        path = Path(tempfile.mkdtemp(prefix=_PREFIX))  # mode 0700
        lock = _locked(path)
        if lock is not None and path.exists():  # and not swept by another server in the meantime
            return path, lock
    path.mkdir(mode=0o700, exist_ok=True)
    return path, None


def _locked(path: Path) -> int | None:
    """Hold a folder of ours; None where somebody else does, or it is not ours, or no folder."""
    try:
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        if os.fstat(lock).st_uid == os.getuid():
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
    except OSError:
        pass
    os.close(lock)
    return None
