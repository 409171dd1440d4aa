"""What a file is decides, whatever it is called and however it comes."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tdiff.commands.inputs import read, read_prompts, read_recipe, read_start
from tdiff.commands.inspect import diff, inspect
from tdiff.errors import RecipeError, TdiffError, UsageError
from tdiff.provenance import text_fields
from tdiff.provenance.recipe_file import read_recipe_file
from tdiff.recipe import Recipe
from tdiff.recipe.json import to_json
from tdiff.render.gif import gif_bytes
from tdiff.render.png import png_bytes

RECIPE = Recipe(prompt="a red äpple", seed=7)
PICTURE = np.full((32, 32, 3), (200, 30, 30), np.uint8)
KINDS = {
    "png": png_bytes(PICTURE, text_fields(RECIPE)),
    "gif": gif_bytes([255 - PICTURE, PICTURE], text=text_fields(RECIPE)),
    "json": to_json(RECIPE).encode(),
    "json with a mark": to_json(RECIPE).encode("utf-8-sig"),
    "json in UTF-16": to_json(RECIPE).encode("utf-16"),
}


@pytest.fixture
def piped() -> Callable[[bytes], Path]:
    """Puts bytes into a pipe, as a shell does for `<(…)`."""
    opened = []

    def pipe(data: bytes) -> Path:
        reading, writing = os.pipe()
        opened.append(reading)
        os.write(writing, data)
        os.close(writing)
        return Path(f"/dev/fd/{reading}")

    yield pipe
    for descriptor in opened:
        os.close(descriptor)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["aa", "a.png.1", "a.jpg", "a.json", "a.txt", "a.bak"])
def test_a_recipe_is_found_under_any_name(tmp_path: Path, kind: str, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(KINDS[kind])
    assert read_recipe(path) == read_recipe_file(path).recipe == RECIPE


@pytest.mark.parametrize("kind", KINDS)
def test_a_recipe_comes_through_a_pipe(piped: Callable[[bytes], Path], kind: str) -> None:
    assert read_recipe(piped(KINDS[kind])) == RECIPE


@pytest.mark.parametrize("data", [b"", b"a red apple", b"\0\1\2\3" * 100, b"\xff\xfe\0\0", b"%PDF-1.7", b"<html>"])
def test_what_holds_no_recipe_is_refused_whatever_its_name(tmp_path: Path, data: bytes) -> None:
    for name in ("a.png", "a.json", "a"):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(TdiffError) as caught:
            read_recipe(path)
        assert "\n" not in str(caught.value) and name in str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_inspected_and_compared(tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(KINDS[kind])
    inspect(one, as_json=True)
    assert json.loads(capsys.readouterr().out)["recipe"]["prompt"] == RECIPE.prompt
    inspect(one, as_json=False)
    assert f"$ tdiff generate '{RECIPE.prompt}'" in capsys.readouterr().out
    for other, data in KINDS.items():
        two.write_bytes(data)
        diff(one, two, as_json=True)
        found = json.loads(capsys.readouterr().out)
        both_pictures = not kind.startswith("json") and not other.startswith("json")
        assert (found["fields"], found["mean_difference"]) == ({}, 0.0 if both_pictures else None)


@pytest.mark.parametrize("kind", ["png", "gif"])
def test_a_picture_to_start_from_comes_in_every_kind(piped: Callable[[bytes], Path], kind: str) -> None:
    shown = (read_start(piped(KINDS[kind])).picture + 1) * 127.5
    assert np.abs(shown - PICTURE).max() < 1


def test_prompts_come_from_files_and_pipes_in_any_encoding_with_a_mark(
    tmp_path: Path, piped: Callable[[bytes], Path]
) -> None:
    text = "a red apple\n\n  a grün dog \n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        path = tmp_path / "prompts"
        path.write_bytes(text.encode(encoding))
        for given in (path, piped(text.encode(encoding))):
            assert read_prompts(given) == {1: "a red apple", 3: "a grün dog"}


def test_no_mark_ends_up_in_a_prompt(tmp_path: Path) -> None:
    path = tmp_path / "prompts.txt"
    path.write_bytes("a cat\n".encode("utf-8-sig") + "a dog\n".encode("utf-8-sig"))  # as `cat` puts files together
    assert read_prompts(path) == {1: "a cat", 2: "a dog"}


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xff\xfa", b"x" * 3000])
def test_what_is_no_list_of_prompts_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "prompts.txt"
    path.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        read_prompts(path)
    assert "\n" not in str(caught.value)


def test_a_picture_without_a_recipe_says_so(tmp_path: Path) -> None:
    (tmp_path / "aa").write_bytes(png_bytes(PICTURE))
    with pytest.raises(RecipeError, match="carries no tdiff recipe"):
        read_recipe(tmp_path / "aa")
    assert read(tmp_path / "aa").is_picture
