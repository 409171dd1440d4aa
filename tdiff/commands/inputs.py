"""Reading what a person hands in: recipes, pictures, lists of prompts."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tdiff.commands.console import say
from tdiff.errors import RecipeError, UsageError
from tdiff.recipe import TEXT_LIMIT, Recipe
from tdiff.recipe_json import SIZE_LIMIT, from_json
from tdiff.text import clean_text

if TYPE_CHECKING:
    from tdiff.render.load import LoadedPicture

PROMPTS_LIMIT = 10_000


def read_recipe(path: Path) -> Recipe:
    """Read a recipe from a JSON file, or from a picture that carries one.

    Raises:
        RecipeError: there is none in it, or it is not valid.
        UsageError: the file cannot be read.
    """
    if path.suffix.lower() in (".png", ".gif", ".jpg", ".jpeg", ".webp"):
        from tdiff.provenance import read_metadata

        found = read_metadata(path)
        for warning in found.warnings:
            say(warning)
        if found.recipe is None:
            raise RecipeError(f"{clean_text(str(path))} carries no tdiff recipe: see tdiff inspect")
        return found.recipe
    read = from_json(_read_small(path, SIZE_LIMIT))
    for warning in read.warnings:
        say(warning)
    return read.recipe


def read_start(path: Path) -> "LoadedPicture":
    """Read a picture to start from, and say how it was fitted."""
    from tdiff.render.load import load_picture

    loaded = load_picture(path)
    for note in loaded.notes:
        say(f"start picture: {note}")
    return loaded


def read_prompts(path: Path) -> list[str]:
    """Read one prompt a line, from a file or from standard input for "-"; empty lines are left out.

    Raises:
        UsageError: there are none, too many, or one is too long.
    """
    limit = PROMPTS_LIMIT * 400
    data = sys.stdin.buffer.read(limit) if str(path) == "-" else _read_small(path, limit)
    try:
        lines = [line.strip() for line in data.decode("utf-8").splitlines()]
    except UnicodeDecodeError as error:
        raise UsageError("the prompts are not UTF-8 text: save them as UTF-8") from error
    prompts = [line for line in lines if line]
    if not prompts:
        raise UsageError("there is no prompt in the file: write one a line")
    if len(prompts) > PROMPTS_LIMIT:
        raise UsageError(f"at most {PROMPTS_LIMIT} prompts are taken at once, not {len(prompts)}: split the file")
    for number, prompt in enumerate(prompts, 1):
        if len(prompt) > TEXT_LIMIT:
            raise UsageError(f"prompt {number} has {len(prompt)} characters, {TEXT_LIMIT} are allowed: shorten it")
    return prompts


def _read_small(path: Path, limit: int) -> bytes:
    shown = clean_text(str(path))
    try:
        if not path.is_file():
            raise UsageError(f"{shown} is not a file: check its name")
        if path.stat().st_size > limit:
            raise UsageError(f"{shown} is larger than {limit // 1024} kB, which is more than such a file holds")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {shown}: {error.strerror or error}") from error
