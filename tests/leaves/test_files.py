"""Saving writes whole files, and never over another unasked."""

import errno
import os
import signal
import stat
import time
from pathlib import Path

import pytest

from tdiff.errors import OutputError
from tdiff.files import free_name, slug, sweep_temps, write_atomic
from tests.unprivileged import without_privileges


def test_writes_and_leaves_nothing_else(tmp_path: Path) -> None:
    write_atomic(tmp_path / "new" / "a.png", b"data")
    assert (tmp_path / "new" / "a.png").read_bytes() == b"data"
    assert os.listdir(tmp_path / "new") == ["a.png"]


def test_an_existing_file_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    with pytest.raises(OutputError, match="exists"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    write_atomic(path, b"new", overwrite=True)
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.png"]


def test_a_dangling_link_counts_as_existing(tmp_path: Path) -> None:
    link = tmp_path / "a.png"
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutputError, match="exists"):
        write_atomic(link, b"new")


def test_a_failed_write_leaves_no_temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        write_atomic(tmp_path / "a.png", b"data")
    assert os.listdir(tmp_path) == []


def test_a_file_in_the_way_of_a_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot write"):
        write_atomic(tmp_path / "file" / "a.png", b"data")


def test_a_folder_is_no_file_name(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="folder"):
        write_atomic(tmp_path, b"data", overwrite=True)


def test_private_files_are_the_owners_alone(tmp_path: Path) -> None:
    path = write_atomic(tmp_path / "state" / "history", b"x", private=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_only_old_strays_are_swept(tmp_path: Path) -> None:
    old, young, other = (tmp_path / name for name in (".tdiff-tmp-1", ".tdiff-tmp-2", "keep"))
    for path in (old, young, other):
        path.write_bytes(b"")
    os.utime(old, (time.time() - 7200,) * 2)
    os.utime(other, (time.time() - 7200,) * 2)
    sweep_temps(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [".tdiff-tmp-2", "keep"]


def test_strays_of_a_killed_run_are_swept_by_the_next_save(tmp_path: Path) -> None:
    """The child writes as a file system asks for that knows no files without names, and is killed before it is done."""
    child = os.fork()
    if child == 0:
        os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
        write_atomic(tmp_path / "a.png", b"data", overwrite=True)
        os._exit(0)
    os.waitpid(child, 0)
    assert len(list(tmp_path.glob(".tdiff-tmp-*"))) == 1
    write_atomic(tmp_path / "b.png", b"data")
    assert os.listdir(tmp_path) == ["b.png"]


def test_strays_of_a_run_that_goes_on_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stop(Exception):
        pass

    def stop(handle: int) -> None:
        sweep_temps(tmp_path)
        assert len(list(tmp_path.glob(".tdiff-tmp-*"))) == 1
        raise Stop

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(Stop):
        write_atomic(tmp_path / "a.png", b"data", overwrite=True)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("lacks", ["O_TMPFILE", "link"])
def test_a_system_without_files_without_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacks: str) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if lacks == "link":
        monkeypatch.setattr(os, "link", refuse)
    else:
        monkeypatch.delattr(os, lacks)
    write_atomic(tmp_path / "a.png", b"data")
    with pytest.raises(OutputError, match="exists"):
        write_atomic(tmp_path / "a.png", b"other")
    assert (tmp_path / "a.png").read_bytes() == b"data" and os.listdir(tmp_path) == ["a.png"]


def test_free_name_counts_up(tmp_path: Path) -> None:
    assert free_name(tmp_path, "a", ".png").name == "a.png"
    (tmp_path / "a.png").touch()
    (tmp_path / "a-2.png").touch()
    assert free_name(tmp_path, "a", ".png").name == "a-3.png"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A red Apple!", "a-red-apple"),
        ("../../etc/passwd", "etc-passwd"),
        ("日本", "picture"),
        ("", "picture"),
        ("x" * 99, "x" * 48),
    ],
)
def test_slug_is_a_harmless_file_name(text: str, name: str) -> None:
    assert slug(text) == name


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS])
def test_a_disk_that_cannot_flush_is_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    for name in ("a.png", "b.png"):
        write_atomic(tmp_path / name, b"data")
        assert (tmp_path / name).read_bytes() == b"data"
    assert sorted(os.listdir(tmp_path)) == ["a.png", "b.png"]


def test_a_folder_that_may_be_written_to_but_not_listed(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    drop.chmod(0o333)

    def save_three() -> None:
        for name in ("a.png", "b.png", "c.png"):
            write_atomic(drop / name, b"data")

    try:
        without_privileges(save_three, drop)
    finally:
        drop.chmod(0o755)
    assert sorted(os.listdir(drop)) == ["a.png", "b.png", "c.png"]


def test_a_device_or_a_pipe_is_never_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "null.png").symlink_to("/dev/null")
    for name in ("pipe.png", "null.png"):
        with pytest.raises(OutputError, match="device or a pipe"):
            write_atomic(tmp_path / name, b"data", overwrite=True)
    assert sorted(os.listdir(tmp_path)) == ["null.png", "pipe.png"]
