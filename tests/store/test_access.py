"""Folders of the user's that cannot be read or written to: said, and gone on without."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from tdiff.commands.lesson import run_lesson
from tdiff.errors import OutputError
from tdiff.paths import user_dirs
from tdiff.recipe import Recipe
from tdiff.store.access import store_troubles
from tdiff.store.config import Config, load_config
from tdiff.store.history import History
from tdiff.store.place import Place, load_place
from tdiff.store.progress import Progress, load_progress
from tests.unprivileged import without_privileges


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that belongs to somebody else."""
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0)
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    yield home
    home.chmod(0o700)


def test_everything_begins_anew_in_the_home_of_another(locked: Path) -> None:
    def look() -> None:
        config = load_config()
        assert config.privacy == Config().privacy
        assert len(config.warnings) == 1 and "may not be read" in config.warnings[0]
        place, trouble = load_place()
        assert place == Place() and "may not be read" in trouble
        progress, trouble = load_progress()
        assert progress == Progress() and "may not be read" in trouble
        (said,) = store_troubles()
        assert "will not be kept" in said and str(locked) in said and "\n" not in said
        for use in (History().newest, lambda: History().add(Recipe(), bytes(32 * 32 * 3))):
            with pytest.raises(OutputError):
                use()

    without_privileges(look, locked)


def test_lessons_do_not_claim_what_they_cannot_know(locked: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run_lesson(None, False, Recipe())  # imports what the user without privileges may not read
    capfd.readouterr()
    without_privileges(lambda: run_lesson(None, False, Recipe()), locked)
    said = capfd.readouterr()
    assert "(11 cards)" in said.out and "seen" not in said.out
    assert said.err.count("will not be kept") == 1


def test_a_folder_that_may_only_be_read(tmp_path: Path) -> None:
    state = tmp_path / "state" / "tdiff"
    state.mkdir(parents=True)
    state.chmod(0o555)
    dirs = user_dirs({"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")})

    def look() -> None:
        (said,) = store_troubles(dirs)
        assert "cannot be written to" in said and "XDG_STATE_HOME" in said

    without_privileges(look, state)


def test_files_of_another_user_are_named(tmp_path: Path) -> None:
    state = tmp_path / "state" / "tdiff"
    state.mkdir(parents=True)
    (state / "history.sqlite").touch(mode=0o000)
    dirs = user_dirs({"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")})

    def look() -> None:
        (said,) = store_troubles(dirs)
        assert "history.sqlite" in said and "may not be read" in said

    without_privileges(look, state)


def test_all_is_well_where_folders_are_there_or_can_be_made(tmp_path: Path) -> None:
    dirs = user_dirs({"HOME": str(tmp_path)})
    assert store_troubles(dirs) == ()
    assert not dirs.state.exists()
    dirs.state.mkdir(parents=True)
    assert store_troubles(dirs) == ()


def test_a_file_in_the_place_of_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / ".local").touch()
    (said,) = store_troubles(user_dirs({"HOME": str(tmp_path)}))
    assert "is no folder" in said


NOBODY = """
import pwd
def unknown(number):
    raise KeyError(number)
pwd.getpwuid = unknown
from tdiff.__main__ import main
main()
"""


@pytest.mark.parametrize("given", [None, "", "relative", "~"])
def test_a_home_that_the_environment_does_not_tell_is_that_of_the_list_of_users(given: str | None) -> None:
    listed = pwd.getpwuid(os.getuid()).pw_dir
    assert user_dirs({} if given is None else {"HOME": given}).state == Path(listed) / ".local/state/tdiff"


@pytest.mark.parametrize(
    ("given", "command"),
    [
        (None, ["lesson"]),
        ("", ["generate", "a cat", "--steps", "1", "--out", "a.png"]),
        ("relative", ["lesson"]),
        ("~", ["doctor"]),
    ],
)
def test_a_user_without_any_home_is_told_and_gets_no_folder_named_like_one(
    tmp_path: Path, given: str | None, command: list[str]
) -> None:
    env = {name: value for name, value in os.environ.items() if name != "HOME" and not name.startswith("XDG_")}
    env |= {} if given is None else {"HOME": given}
    ended = subprocess.run(
        [sys.executable, "-c", NOBODY, *command], env=env, cwd=tmp_path, capture_output=True, text=True
    )
    assert "internal error" not in ended.stderr and "Traceback" not in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == (["a.png"] if "a.png" in command else [])
    if command == ["lesson"]:
        assert "you have no home folder" in ended.stderr
