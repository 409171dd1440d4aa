"""Which tdiff this is: its release, the commit it was built from, and the weights that ship with it."""

import subprocess
from pathlib import Path
from typing import Final

from tdiff import __version__
from tdiff.errors import TdiffError
from tdiff.manifest import read_manifest
from tdiff.paths import assets_dir
from tdiff.text import clean_text

UNKNOWN: Final = "unknown"
_PACKAGE: Final = Path(__file__).resolve().parent
_SECONDS: Final = 2.0


def version_line() -> str:
    """Return release, commit and weights in one line."""
    return f"tdiff {__version__} (commit {commit()}, weights {weights()})"


def commit(package: Path = _PACKAGE) -> str:
    """Return the short hash of the commit that this package is of; "unknown" where nothing says.

    A wheel carries it in the file COMMIT, which hatch_build.py writes; in a checkout git is asked.

    Args:
        package: the folder of the package.
    """
    try:
        return clean_text((package / "COMMIT").read_text("utf-8").strip(), 60) or UNKNOWN
    except (OSError, ValueError):
        pass
    if not (package.parent / ".git").exists():
        return UNKNOWN
    command = ["git", "-C", str(package.parent), "describe", "--always", "--dirty", "--exclude", "*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, ValueError, subprocess.SubprocessError):  # no git, or one that does not answer
        return UNKNOWN
    return clean_text(done.stdout.strip(), 60) or UNKNOWN


def weights() -> str:
    """Return the short hash of the weights that ship with tdiff, as recipes carry it."""
    try:
        return read_manifest(assets_dir() / "models").hash
    except (TdiffError, KeyError):
        return UNKNOWN
