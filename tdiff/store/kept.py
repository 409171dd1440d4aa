"""A small file of state that several tdiffs read and change at once, and that may be spoilt at any time."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

from tdiff.errors import OutputError
from tdiff.files import free_name, write_atomic
from tdiff.reading import ReadError, read_file
from tdiff.text import clean_text

try:
    import fcntl
except ImportError:  # Windows: two tdiffs that save in the same millisecond are not kept apart there
    fcntl = None  # type: ignore[assignment]

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")

_PATIENCE: Final = 1.0
"""Seconds to wait for another tdiff, which has the lock for milliseconds unless it was stopped just then."""
_LOOK: Final = 0.01


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """How one file of state is read and written.

    Attributes:
        path: where it is.
        what: what it holds, for messages, such as "the progress in the lessons".
        limit: most bytes: a file beyond this was not written by us.
        parse: reads its bytes; raises ValueError or RecursionError for what `dump` never wrote.
        dump: the opposite.
        onto: carries what changed between the second and the third over to the first.
    """

    path: Path
    what: str
    limit: int
    parse: Callable[[bytes], T]
    dump: Callable[[T], bytes]
    onto: Callable[[T, T, T], T]

    def load(self) -> tuple[T | None, str]:
        """Read it; what is damaged is set aside under another name, so that saving loses nothing.

        Returns:
            The content, None where there is none to be read, and a sentence for the person, "" if all is well.
        """
        try:
            return self._read(), ""
        except (ReadError, ValueError, RecursionError) as error:
            if isinstance(error, ReadError) and error.missing and not self.path.is_symlink():
                return None, ""
            try:
                with alone(self.path.parent):  # another tdiff may be setting it aside, or has just done so
                    return self._load_alone()
            except OutputError as busy:
                return None, f"{self.what} cannot be read: {busy}"

    def save(self, mine: T, since: T | None) -> T:
        """Write it, with no other tdiff changing it meanwhile.

        Args:
            mine: what to write.
            since: what was last read or written here. Only what changed since then is changed in the file, where
                another tdiff may have written meanwhile. None replaces all that is there.

        Returns:
            What the file holds now.

        Raises:
            OutputError: it cannot be written, or another tdiff does not finish writing.
        """
        with suppress(OSError):  # which writing would say
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with alone(self.path.parent):
            theirs, _ = self._load_alone()
            written = mine if theirs is None or since is None else self.onto(theirs, since, mine)
            write_atomic(self.path, self.dump(written), overwrite=True, private=True, remedy="")
        return written

    def _read(self) -> T:
        return self.parse(read_file(self.path, self.limit))

    def _load_alone(self) -> tuple[T | None, str]:
        try:
            return self._read(), ""
        except ReadError as error:
            if error.missing and not self.path.is_symlink():
                return None, ""
            if error.denied:
                return None, f"{self.what} may not be read, so it starts anew: see {clean_text(str(self.path), 300)}"
            return None, set_aside(self.path, self.what, str(error))
        except (ValueError, RecursionError) as error:
            return None, set_aside(self.path, self.what, str(error))


def merged(before: Mapping[K, V], mine: Mapping[K, V], theirs: Mapping[K, V]) -> dict[K, V]:
    """Carry what changed between `before` and `mine` over to `theirs`."""
    changed = {key: value for key, value in mine.items() if key not in before or before[key] != value}
    gone = before.keys() - mine.keys()
    return {key: value for key, value in theirs.items() if key not in gone} | changed


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep every other tdiff from changing the files of a folder while the body runs.

    The folder itself is locked. Where its file system or the system has no such locks the body runs all the same.

    Raises:
        OutputError: another tdiff has had the lock for too long; it may have been stopped.
    """
    handle = -1
    if fcntl is not None:
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if handle >= 0 and not _locked(handle):
            raise OutputError(f"another tdiff is writing in {clean_text(str(folder), 300)}")
        yield
    finally:
        if handle >= 0:
            os.close(handle)  # which gives the lock back


def _locked(handle: int) -> bool:
    """Whether the lock was got, or there is none to get."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(_LOOK)
        except OSError:
            return True
        else:
            return True


def set_aside(path: Path, what: str, why: str) -> str:
    """Move what cannot be read out of the way; returns what to say of it.

    Args:
        path: where it is.
        what: what it holds, such as "the progress in the lessons".
        why: what is wrong with it.
    """
    kept = free_name(path.parent, path.name, ".damaged")
    try:
        os.rename(path, kept)
    except OSError as error:
        shown = clean_text(str(path), 300)
        return f"{shown} cannot be read and cannot be set aside ({error.strerror}): move it away yourself"
    return (
        f"{what} cannot be read ({clean_text(why, 120)}): it is kept as {clean_text(str(kept), 300)}, and starts anew"
    )
