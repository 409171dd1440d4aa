"""Writes the commit into what is built, so that `tdiff --version` can say it; runs in the builds of sdist and wheel."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CommitHook(BuildHookInterface):
    """Adds tdiff/COMMIT where the sources are a git checkout. An sdist brings the file along to its wheel."""

    PLUGIN_NAME = "custom"
    _folder: str | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the file among those that are packed."""
        commit = commit_of(Path(self.root))
        if commit is None or version == "editable":  # which asks git whenever it is run
            return
        self._folder = tempfile.mkdtemp(prefix="tdiff-build-")
        path = Path(self._folder) / "COMMIT"
        path.write_text(f"{commit}\n", "utf-8")
        build_data["force_include"][str(path)] = "tdiff/COMMIT"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Leave nothing behind."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def commit_of(root: Path) -> str | None:
    """Return the short hash of a checkout's commit, "-dirty" behind it where files were changed; None without git."""
    if not (root / ".git").exists():
        return None
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--exclude", "*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
