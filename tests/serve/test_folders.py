"""The folders of visitors, and what becomes of those that a killed server leaves behind."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fcntl", reason="locks of POSIX")

from tdiff.serve.folders import VisitorFolder, sweep


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary files go."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    yield tmp_path


def test_a_folder_is_private_and_removed_with_what_is_in_it(place: Path) -> None:
    folder = VisitorFolder()
    assert folder.path.parent == place and folder.path.stat().st_mode & 0o777 == 0o700
    (folder.path / "kept").write_text("x")
    folder.remove()
    folder.remove()
    assert not list(place.iterdir())


def test_the_next_server_removes_what_a_killed_one_left(place: Path) -> None:
    code = (
        "from tdiff.serve.folders import VisitorFolder\n"
        "folders = [VisitorFolder(), VisitorFolder()]\n"
        "(folders[0].path / 'history.db').write_text('x')\n"
        "print('there', flush=True)\ninput()\n"
    )
    mine = VisitorFolder()
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None and server.stdout.readline() == "there\n"
        assert sweep() == 0 and len(list(place.iterdir())) == 3
        server.kill()
        server.wait()
        assert sweep() == 2 and list(place.iterdir()) == [mine.path]
    mine.remove()


def test_what_is_not_ours_stays(place: Path) -> None:
    precious = place / "precious"
    precious.mkdir()
    (place / "tdiff-visitor-link").symlink_to(precious)
    (place / "tdiff-visitor-file").write_text("x")
    (place / "other-folder").mkdir()
    if os.getuid() == 0:  # only root can give a folder to somebody else
        (place / "tdiff-visitor-theirs").mkdir()
        os.chown(place / "tdiff-visitor-theirs", 1, 1)
    before = set(place.iterdir())
    assert sweep() == 0 and set(place.iterdir()) == before
