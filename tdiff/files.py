"""Writing files so that nothing is lost: whole or not at all, and never over another unasked."""

import errno
import os
import platform
import re
import secrets
import stat
import time
import unicodedata
from contextlib import suppress
from pathlib import Path

from tdiff.errors import ExistsError, OutputError
from tdiff.text import clean_text

_TEMP_PREFIX = ".tdiff-tmp-"
_STALE_SECONDS = 3600.0
_CANNOT_FLUSH = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
"""What file systems answer that have no fsync, as some of CIFS, 9p and FUSE; a full or broken disk says otherwise."""


def write_atomic(
    path: Path,
    data: bytes,
    overwrite: bool = False,
    private: bool = False,
    remedy: str = "choose another place",
) -> Path:
    """Write a file through a temporary one in the same folder, flushed to disk before it gets its name.

    Folders on the way are made. Where the file exists and `overwrite` is off, it stays as it was. File systems that
    cannot flush, and folders that may be written to but not opened, are written to all the same: the file is whole,
    but may be lost if the power fails within seconds.

    Args:
        path: where to.
        data: the whole content.
        overwrite: replace a file that is there; never a device or a pipe.
        private: readable by its owner only (settings, history); pictures get the user's usual mode.
        remedy: what to do where the place is at fault.

    Returns:
        The path.

    Raises:
        OutputError: the file exists, or the folder cannot be written to.
    """
    shown = clean_text(str(path), 300)
    if not overwrite:
        refuse_existing(path)
    temp = path.parent / f"{_own_temps()}{os.getpid()}-{secrets.token_hex(6)}"
    try:
        _refuse_other_kinds(path, shown)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
        sweep_temps(path.parent)
        mode = 0o600 if private else 0o666
        if overwrite or not _write_unnamed(path, data, mode):
            _write_flushed(temp, data, mode)
            _give_name(temp, path, overwrite)
        _flush_folder(path.parent)
    except (FileExistsError, NotADirectoryError) as error:  # of the folders: the file itself was looked for before
        raise OutputError(
            f"cannot write {shown}: what should be its folder is a file", remedy="choose another place"
        ) from error
    except OSError as error:
        raise OutputError(f"cannot write {shown}: {error.strerror or error}", remedy=remedy) from error
    finally:
        with suppress(OSError):  # gone, or its folder never came to be
            temp.unlink()
    return path


def make_folder_of(path: Path) -> None:
    """Make the folder that a file will stand in, before the work that the file is for.

    Raises:
        OutputError: it cannot be made.
    """
    shown = clean_text(str(path), 300)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise OutputError(
            f"cannot write {shown}: what should be its folder is a file", remedy="choose another place"
        ) from error
    except OSError as error:
        raise OutputError(f"cannot write {shown}: {error.strerror or error}", remedy="choose another place") from error


def refuse_existing(path: Path) -> None:
    """Refuse to write where something is already.

    Raises:
        ExistsError: the path is taken.
        OutputError: it cannot be one.
    """
    shown = clean_text(str(path), 200)
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:  # a name too long, or a folder that may not be looked into
        raise OutputError(f"cannot write {shown}: {error.strerror}", remedy="choose another name") from error
    raise ExistsError(f"{shown} exists and was left as it is", remedy="choose another name or pass --overwrite")


def free_name(folder: Path, stem: str, suffix: str) -> Path:
    """Return the first of stem.suffix, stem-2.suffix, stem-3.suffix … that does not exist in the folder."""
    path = folder / f"{stem}{suffix}"
    number = 2
    while os.path.lexists(path):
        path = folder / f"{stem}-{number}{suffix}"
        number += 1
    return path


def slug(text: str, limit: int = 48) -> str:
    """Return a file name made of a prompt: lower-case letters, digits and hyphens; "picture" if none are left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:limit].strip("-") or "picture"


def sweep_temps(folder: Path) -> None:
    """Remove our own temporary files that killed runs left behind: at once where the run was on this machine."""
    limit = time.time() - _STALE_SECONDS
    with suppress(OSError):  # a folder that may not be listed
        for stray in folder.glob(f"{_TEMP_PREFIX}*"):
            with suppress(OSError):  # another run swept it, or it is not ours to remove
                if stray.stat().st_mtime < limit or _is_of_a_dead_run(stray.name):
                    stray.unlink()


def _own_temps() -> str:
    """How the names of temporary files begin on this machine; a folder may be shared with others."""
    return f"{_TEMP_PREFIX}{slug(platform.node(), 24)}-"


def _is_of_a_dead_run(name: str) -> bool:
    process = name.removeprefix(_own_temps()).partition("-")[0]
    if not hasattr(os, "fork"):  # Windows, where asking whether a process runs would end it
        return False
    if not name.startswith(_own_temps()) or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # it runs and is not ours, or no process has such a number
        return False
    return False


def _write_unnamed(path: Path, data: bytes, mode: int) -> bool:
    """Write a new file that has no name before it is whole, so that a killed run leaves nothing behind.

    Returns:
        Whether it was; False where the system or its file system cannot do that.
    """
    try:
        handle = os.open(path.parent, os.O_WRONLY | os.O_TMPFILE, mode)
    except (AttributeError, OSError):  # not Linux, or a file system such as NFS
        return False
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        _flush(handle)
        try:
            # With a folder's number given Python follows the link, which is how Linux names such a file.
            os.link(f"/proc/self/fd/{handle}", path, src_dir_fd=handle, follow_symlinks=True)
        except FileExistsError:
            refuse_existing(path)
        except OSError:  # no hard links, or no /proc
            return False
    return True


def _write_flushed(path: Path, data: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        _flush(file.fileno())


def _give_name(temp: Path, path: Path, overwrite: bool) -> None:
    if overwrite:
        os.replace(temp, path)
        return
    try:
        os.link(temp, path)  # unlike a rename, it fails if the name was taken meanwhile
    except FileExistsError:
        refuse_existing(path)
    except OSError:  # a file system without hard links
        refuse_existing(path)
        os.rename(temp, path)


def _refuse_other_kinds(path: Path, shown: str) -> None:
    """A folder cannot be replaced by a file, and a device or a pipe must not be."""
    try:
        mode = path.stat().st_mode
    except OSError:  # nothing there, or a link to nothing
        return
    if stat.S_ISDIR(mode):
        raise OutputError(f"{shown} is a folder", remedy="give a file name inside it")
    if not stat.S_ISREG(mode):
        raise OutputError(f"{shown} is a device or a pipe, which no file may replace", remedy="give another name")


def _flush(handle: int) -> None:
    """Bring a file to the disk, where its file system can."""
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _CANNOT_FLUSH:
            raise


def _flush_folder(folder: Path) -> None:
    """Bring a new name to the disk. The file is there whether or not this succeeds."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
