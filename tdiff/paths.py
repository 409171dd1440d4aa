"""Where things are: the shipped assets, and the user's folders after the XDG base directory specification."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tdiff.errors import AssetError

NO_HOME: Final = Path("/dev/null/home")
"""In place of a home folder that nothing tells: nothing can be there, and nobody can make it."""
_PACKAGE = Path(__file__).resolve().parent


def assets_dir() -> Path:
    """Return the folder of shipped assets: inside the package in a wheel, beside it in a checkout.

    Raises:
        AssetError: neither is there.
    """
    for folder in (_PACKAGE / "assets", _PACKAGE.parent / "assets"):
        if (folder / "world").is_dir():
            return folder
    raise AssetError(f"the assets of tdiff are not beside {_PACKAGE}", remedy="reinstall tdiff-explorer")


def asset_path(name: str) -> Path:
    """Return the path of a shipped file such as "world/sprites.png".

    Raises:
        AssetError: there is no such file.
    """
    path = assets_dir() / name
    if not path.is_file():
        raise AssetError(f"{name} is missing from tdiff's assets", remedy="reinstall tdiff-explorer")
    return path


@dataclass(frozen=True, slots=True)
class UserDirs:
    """The user's folders. None of them is created by naming it.

    Attributes:
        config: settings (`config.toml`).
        state: history, progress and autosaved sessions.
        cache: what can be made again.
        runtime: what lasts until the user logs out; in the state folder where the system has no place for it.
    """

    config: Path
    state: Path
    cache: Path
    runtime: Path


def user_dirs(env: Mapping[str, str] | None = None) -> UserDirs:
    """Return the XDG folders; a relative value is ignored, as the specification asks, of HOME too."""
    env = os.environ if env is None else env
    home = _home(env.get("HOME", ""))

    def place(variable: str, default: Path) -> Path:
        value = env.get(variable, "")
        return Path(value) / "tdiff" if value and Path(value).is_absolute() else default

    state = place("XDG_STATE_HOME", home / ".local/state/tdiff")
    return UserDirs(
        config=place("XDG_CONFIG_HOME", home / ".config/tdiff"),
        state=state,
        cache=place("XDG_CACHE_HOME", home / ".cache/tdiff"),
        runtime=place("XDG_RUNTIME_DIR", state),
    )


def _home(given: str) -> Path:
    """The home folder that the environment names, or else the list of users; NO_HOME where neither has one."""
    if os.path.isabs(given):
        return Path(given)
    import pwd

    try:
        listed = pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:  # a user without a name, as in many containers
        return NO_HOME
    return Path(listed) if os.path.isabs(listed) else NO_HOME
