"""Reading what a person hands in: recipes, pictures, lists of prompts."""

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tdiff.commands.console import say
from tdiff.errors import UsageError
from tdiff.recipe import TEXT_LIMIT, Recipe

if TYPE_CHECKING:
    from tdiff.render.load import LoadedPicture

PROMPTS_LIMIT = 10_000


def read_recipe(path: Path) -> Recipe:
    """Read a recipe from a JSON file, or from a picture that carries one.

    Raises:
        RecipeError: there is none in it, or it is not valid.
        UsageError: the file cannot be read.
    """
    from tdiff.provenance.recipe_file import read_recipe_file

    found = read_recipe_file(path)
    for warning in found.warnings:
        say(warning)
    return found.recipe


def recipe_given(file: Path | None, **given: Any) -> Recipe:
    """Return the recipe of a file, or a fresh one with a random seed, with every option that was given on top.

    Args:
        file: a JSON file, or a picture that carries a recipe.
        given: fields of `Recipe`; None for an option that was left out.

    Raises:
        RecipeError: there is no recipe in the file, or a value is out of range.
        UsageError: the file cannot be read.
    """
    return with_given(Recipe(seed=secrets.randbelow(2**31)) if file is None else read_recipe(file), **given)


def with_given(recipe: Recipe, **given: Any) -> Recipe:
    """Return a recipe with every option that was given on top; None for one that was left out."""
    return recipe.replace(**{name: value for name, value in given.items() if value is not None})


def read_start(path: Path) -> "LoadedPicture":
    """Read a picture to start from, and say how it was fitted and what of it will not be passed on."""
    from tdiff.commands.outputs import carries_credentials
    from tdiff.render.load import load_picture

    loaded = load_picture(path)
    for note in loaded.notes:
        say(f"start picture: {note}")
    if carries_credentials(path):
        say("start picture: it carries signed credentials (C2PA), which hold for it alone: the new picture has none")
    return loaded


def read_prompts(path: Path) -> dict[int, str]:
    """Read one prompt a line, by its number, from a file or standard input for "-"; empty lines are left out.

    Raises:
        UsageError: there are none, too many, or one is too long.
    """
    from tdiff.provenance.recipe_file import read_small

    limit = PROMPTS_LIMIT * 400
    data = sys.stdin.buffer.read(limit) if str(path) == "-" else read_small(path, limit)
    try:
        lines = [line.strip() for line in data.decode("utf-8").splitlines()]
    except UnicodeDecodeError as error:
        raise UsageError("the prompts are not UTF-8 text: save them as UTF-8") from error
    prompts = {number: line for number, line in enumerate(lines, 1) if line}
    if not prompts:
        raise UsageError("there is no prompt in the file: write one a line")
    if len(prompts) > PROMPTS_LIMIT:
        raise UsageError(f"at most {PROMPTS_LIMIT} prompts are taken at once, not {len(prompts)}: split the file")
    for number, prompt in prompts.items():
        if len(prompt) > TEXT_LIMIT:
            raise UsageError(f"line {number} has {len(prompt)} characters, {TEXT_LIMIT} are allowed: shorten it")
    return prompts
