"""Reading what is given: files, pipes and standard input, never more than is allowed, never for ever."""

import os
import sys
from pathlib import Path
from threading import Thread

import pytest

from tdiff.reading import ReadError, descriptor_of, read_file, read_given

LIMIT = 1000


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for read in (read_file, read_given):
        path.write_bytes(b"x" * LIMIT)
        assert read(path, LIMIT) == b"x" * LIMIT
        path.write_bytes(b"x" * (LIMIT + 1))
        with pytest.raises(ReadError, match="are allowed"):
            read(path, LIMIT)


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    cases = {
        "gone": "no file",
        ".": "folder",
        "loop": "cannot read",
        "nul\0": "no file name",
        "x" * 5000: "cannot read",
    }
    for name, words in cases.items():
        for read in (read_file, read_given):
            with pytest.raises(ReadError, match=words) as caught:
                read(tmp_path / name, LIMIT)
            assert "\n" not in str(caught.value) and "\0" not in str(caught.value)
            assert caught.value.missing is (name == "gone")


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_a_device_is_refused(device: str) -> None:
    for read in (read_file, read_given):
        with pytest.raises(ReadError):
            read(Path(device), LIMIT)


def test_a_pipe_that_nobody_writes_to_ends_the_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for read, words in ((read_file, "no regular file"), (read_given, "nobody writes")):
        with pytest.raises(ReadError, match=words):
            read(tmp_path / "pipe", LIMIT)


def test_a_named_pipe_is_read_to_its_end_however_slowly_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)

    def write() -> None:
        with path.open("wb", buffering=0) as pipe:
            pipe.write(b"one\n")
            pipe.write(b"two\n")

    writer = Thread(target=write)
    writer.start()
    assert read_given(path, LIMIT) == b"one\ntwo\n"
    writer.join()


def test_a_descriptor_is_read_as_the_shell_passes_it() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"a cat\n")
    os.close(writing)
    try:
        assert read_given(Path(f"/dev/fd/{reading}"), LIMIT) == b"a cat\n"
    finally:
        os.close(reading)


def test_an_endless_pipe_is_refused_at_its_limit() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"x" * (LIMIT + 500))
    try:
        with pytest.raises(ReadError, match="more than"):
            read_given(Path(f"/dev/fd/{reading}"), LIMIT)
    finally:
        os.close(reading)
        os.close(writing)


def test_names_of_descriptors() -> None:
    assert descriptor_of(Path("-")) == descriptor_of(Path("/dev/stdin")) == 0
    assert descriptor_of(Path("/dev/fd/63")) == 63
    assert descriptor_of(Path("./-x")) is None and descriptor_of(Path("/dev/fd/x")) is None


def test_a_terminal_is_read_only_where_people_can_type_it() -> None:
    controller, terminal = os.openpty()
    try:
        with pytest.raises(ReadError, match="terminal"):
            read_given(Path(f"/dev/fd/{terminal}"), LIMIT)
        os.write(controller, b"a cat\n\x04")
        assert read_given(Path(f"/dev/fd/{terminal}"), LIMIT, typed=True) == b"a cat\n"
    finally:
        os.close(controller)
        os.close(terminal)


def test_closed_standard_input_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(ReadError, match="closed"):
        read_given(Path("-"), LIMIT)
