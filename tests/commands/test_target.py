"""Where output goes: the disk is looked at before the name."""

import os
from pathlib import Path

import pytest

from tdiff.commands.many import generate_many
from tdiff.commands.outputs import Output, picture_target
from tdiff.commands.target import Target, target_of
from tdiff.errors import OutputError, UsageError
from tdiff.recipe import Recipe
from tdiff.render.gif import count_frames, gif_bytes
from tests.provenance.recipes import PICTURE


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.mark.parametrize(
    ("text", "there", "path"),
    [
        ("a.png", None, "a.png"),
        ("A.PNG", None, "A.PNG"),
        ("pictures", None, "pictures/a-cat-7.png"),
        ("run-1.5", "run-1.5", "run-1.5/a-cat-7.png"),
        ("album.png", "album.png", "album.png/a-cat-7.png"),
        ("run-1.5/", None, "run-1.5/a-cat-7.png"),
        ("~/x.png", None, "home/x.png"),
        (".", None, "a-cat-7.png"),
    ],
)
def test_where_a_picture_goes(tmp_path: Path, text: str, there: str | None, path: str) -> None:
    if there:
        Path(there).mkdir()
    found = picture_target(target_of(text), "a cat", 7, 1)
    assert (tmp_path / found.path).resolve() == tmp_path / path and found.stream is None


@pytest.mark.parametrize("text", ["run-1.5", "a.jpg", "a.gif"])
def test_a_name_that_is_no_picture_is_refused_and_the_way_out_is_said(text: str) -> None:
    with pytest.raises(UsageError, match=r"ends in \.png, or in / for a folder"):
        picture_target(target_of(text), "a cat", 7, 1)


def test_one_file_holds_one_picture() -> None:
    for text in ("a.png", "-"):
        with pytest.raises(UsageError, match="3 pictures"):
            picture_target(target_of(text), "a cat", 7, 3)


@pytest.mark.parametrize("text", ["", " "])
def test_no_name_is_no_target(text: str) -> None:
    with pytest.raises(UsageError, match="the name is empty"):
        target_of(text)


@pytest.mark.parametrize("out", [None, "-", "a.png", "there.txt", "there"])
def test_many_pictures_need_a_folder(out: str | None) -> None:
    Path("prompts").write_text("a cat\n")
    Path("there").touch()
    with pytest.raises(UsageError, match="name a folder"):
        generate_many(
            Path("prompts"), Recipe(), Output(out=None if out is None else target_of(out)), allow_unknown=False
        )


def test_bytes_go_to_standard_output_and_to_pipes(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    for text in ("-", "/dev/stdout"):
        target_of(text).refuse(overwrite=False)
        target_of(text).write(b"\x89PNG", overwrite=False)
        assert capfdbinary.readouterr().out == b"\x89PNG"
    reading, writing = os.pipe()
    target_of(f"/dev/fd/{writing}").write(b"GIF89a", overwrite=False)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.read() == b"GIF89a"
    assert not os.listdir(".")


def test_a_terminal_is_spared() -> None:
    controller, terminal = os.openpty()
    try:
        with pytest.raises(UsageError, match="noise on a terminal"):
            target_of(f"/dev/fd/{terminal}").refuse(overwrite=True)
    finally:
        os.close(controller)
        os.close(terminal)


def test_what_is_there_is_refused_before_the_work() -> None:
    Path("a.png").touch()
    with pytest.raises(OutputError, match="exists"):
        Target(Path("a.png")).refuse(overwrite=False)
    Target(Path("a.png")).refuse(overwrite=True)


@pytest.mark.parametrize(("pictures", "frames"), [(1, 1), (3, 3), (120, 120), (151, 120)])
def test_frames_are_counted_in_the_film(pictures: int, frames: int) -> None:
    different = [(PICTURE + number).astype("uint8") for number in range(pictures)]
    assert count_frames(gif_bytes(different)) == frames
    assert count_frames(gif_bytes([PICTURE] * pictures)) == 1  # equal ones become a long one
