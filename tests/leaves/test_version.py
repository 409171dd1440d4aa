"""What `tdiff --version` says, and that it never fails."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from tdiff import version
from tdiff.errors import AssetError

ROOT = Path(__file__).parents[2]


def git(folder: Path, *arguments: str) -> None:
    env = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    names = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", *names, *arguments], cwd=folder, env=env, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A git checkout with a package in it."""
    (tmp_path / "tdiff").mkdir()
    (tmp_path / "tdiff" / "a.py").write_text("1")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    return tmp_path


def test_it_names_release_commit_and_weights() -> None:
    line = version.version_line()
    assert re.fullmatch(r"tdiff \d+\.\d+\.\d+ \(commit \S+, weights [0-9a-f]{8}\)", line)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_checkout_is_asked_and_says_that_files_were_changed(checkout: Path) -> None:
    found = version.commit(checkout / "tdiff")
    assert re.fullmatch(r"[0-9a-f]{7,}", found)
    (checkout / "tdiff" / "a.py").write_text("2")
    assert version.commit(checkout / "tdiff") == f"{found}-dirty"


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_what_was_baked_in_wins_and_cannot_act(checkout: Path) -> None:
    (checkout / "tdiff" / "COMMIT").write_text("abc1234\n")
    assert version.commit(checkout / "tdiff") == "abc1234"
    (checkout / "tdiff" / "COMMIT").write_text("abc\x1b[2J")
    assert "\x1b" not in version.commit(checkout / "tdiff")


def test_without_git_it_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tdiff").mkdir()
    assert version.commit(tmp_path / "tdiff") == "unknown"
    (tmp_path / ".git").mkdir()  # broken: git says nothing of it
    assert version.commit(tmp_path / "tdiff") == "unknown"
    monkeypatch.setenv("PATH", str(tmp_path))  # no git at all
    assert version.commit(tmp_path / "tdiff") == "unknown"


def test_missing_weights_end_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> Path:
        raise AssetError("the assets are gone")

    monkeypatch.setattr(version, "assets_dir", gone)
    assert version.version_line().endswith("weights unknown)")


@pytest.fixture
def hook() -> ModuleType:
    pytest.importorskip("hatchling")
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_build_from_a_checkout_carries_its_commit_and_leaves_nothing_behind(hook, checkout: Path) -> None:
    built = hook.CommitHook(str(checkout), {}, None, None, str(checkout / "dist"), "wheel")
    data: dict[str, dict[str, str]] = {"force_include": {}}
    built.initialize("standard", data)
    ((source, place),) = data["force_include"].items()
    assert place == "tdiff/COMMIT"
    assert Path(source).read_text().strip() == version.commit(checkout / "tdiff")
    built.finalize("standard", data, "")
    assert not Path(source).parent.exists()


def test_a_build_without_git_goes_on(hook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for environment in ("no checkout", "no git"):
        data: dict[str, dict[str, str]] = {"force_include": {}}
        hook.CommitHook(str(tmp_path), {}, None, None, str(tmp_path), "wheel").initialize("standard", data)
        assert data["force_include"] == {}, environment
        (tmp_path / ".git").mkdir(exist_ok=True)
        monkeypatch.setenv("PATH", str(tmp_path))
