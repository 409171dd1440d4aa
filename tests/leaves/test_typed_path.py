"""Paths as people type, paste and drop them."""

from pathlib import Path

import pytest

from tdiff.errors import UsageError
from tdiff.typed_path import path_to_read, path_to_write


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a space in its name and a picture in it, in the current folder, which is the home folder too."""
    folder = tmp_path / "My Pictures"
    folder.mkdir()
    (folder / "cat's.png").touch()
    (folder / "ü.png").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return folder


@pytest.mark.parametrize(
    "text",
    [
        "My Pictures/cat's.png",
        "  My Pictures/cat's.png ",
        r"My\ Pictures/cat\'s.png",
        '"My Pictures/cat\'s.png"',
        r"'My Pictures/cat'\''s.png'",
        "~/My Pictures/cat's.png",
        r"~/My\ Pictures/cat\'s.png ",
        "file://{folder}/cat's.png",
        "file://localhost{folder}/cat%27s.png",
        "file:{folder}/cat's.png",
    ],
)
def test_what_shells_and_file_managers_add_is_undone(pictures: Path, text: str) -> None:
    written = text.replace("{folder}", str(pictures).replace(" ", "%20"))
    assert path_to_read(written).resolve() == pictures / "cat's.png"


def test_an_address_may_hold_any_character(pictures: Path) -> None:
    assert path_to_read(f"file://{pictures}/%C3%BC.png".replace(" ", "%20")) == pictures / "ü.png"


@pytest.mark.parametrize("name", [r"a\ b.png", "'a b.png'", '"a"', " a.png", "file:a.png", "it's.png"])
def test_what_is_there_comes_before_what_could_be_meant(pictures: Path, name: str) -> None:
    Path(name).touch()
    assert path_to_read(name) == Path(name)
    assert path_to_write(name) == Path(name)


@pytest.mark.parametrize(
    "text",
    ["~nobody-of-this-name/cat.png", "~\0/x", "\0", "it's", "'open", "file://elsewhere/x", "\udcff.png", "a" * 999],
)
def test_what_means_nothing_stays_a_name(pictures: Path, text: str) -> None:
    assert path_to_read(text) == path_to_write(text) == Path(text)


@pytest.mark.parametrize("text", ["", "  ", "\t"])
def test_an_empty_name_is_refused_in_a_whole_sentence(text: str) -> None:
    for resolve in (path_to_read, path_to_write):
        with pytest.raises(UsageError, match="the name is empty: give a file or a folder, such as"):
            resolve(text)


def test_a_new_file_lands_in_the_home_folder(pictures: Path) -> None:
    assert path_to_write("~/new.png") == Path.home() / "new.png"
    assert path_to_write(r"~/My\ Pictures/new.png") == pictures / "new.png"
    assert path_to_write(r"a\ b.png", pasted=False) == Path(r"a\ b.png")
    assert path_to_write("~/new.png", pasted=False) == Path.home() / "new.png"
