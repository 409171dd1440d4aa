"""Whether the user's own folders can be read and kept things in, found out before anything is missed."""

import os
from pathlib import Path

from tdiff.paths import NO_HOME, UserDirs, user_dirs
from tdiff.text import clean_text


def store_troubles(dirs: UserDirs | None = None) -> tuple[str, ...]:
    """Say what of the user's own can not be read, or will not be kept: one sentence each, () if all is well.

    The settings are left out: reading them says it. Nothing is created or changed.

    Args:
        dirs: the user's folders; by default those that the environment names.
    """
    state = (user_dirs() if dirs is None else dirs).state
    shown = clean_text(str(state), 300)
    if state.is_relative_to(NO_HOME):
        return ("history, progress and place will not be kept: you have no home folder; set HOME or XDG_STATE_HOME",)
    why = _not_writable(state)
    if why:
        return (
            f"history, progress and place will not be kept: {shown} {why}; "
            "set XDG_STATE_HOME to a folder that you may write to",
        )
    locked = [path.name for path in _files(state) if not os.access(path, os.R_OK | os.W_OK)]
    if locked:
        return (f"{', '.join(map(clean_text, locked))} in {shown} may not be read or changed: give them to your user",)
    return ()


def _not_writable(folder: Path) -> str:
    """Why nothing can be kept in a folder that may have to be made first; "" if it can."""
    for place in (folder, *folder.parents):
        try:
            place.stat()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            return f"cannot be reached ({error.strerror})"
        if not place.is_dir():
            return f"cannot be made, as {clean_text(str(place), 300)} is no folder"
        if os.access(place, os.W_OK | os.X_OK):
            return ""
        return "cannot be written to" if place == folder else f"cannot be made in {clean_text(str(place), 300)}"
    return "cannot be made"


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:  # not there yet, or it may be written to but not listed
        return []
