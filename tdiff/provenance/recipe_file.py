"""Recipes from files: JSON, or a picture that carries one. What a file is decides, not what it is called."""

from dataclasses import dataclass
from pathlib import Path

from tdiff.encodings import decode_text
from tdiff.errors import RecipeError
from tdiff.provenance.containers import format_of
from tdiff.provenance.read import metadata_of
from tdiff.reading import shown_name
from tdiff.recipe import Recipe
from tdiff.recipe.grid import Grid
from tdiff.recipe.json import from_json
from tdiff.render.picture_file import read_picture_file


@dataclass(frozen=True)
class FoundRecipe:
    """A recipe and what was odd about its file.

    Attributes:
        recipe: of the picture; of a grid, what its cells share.
        warnings: one sentence each.
        grid: the whole grid, where the file is the sheet of one.
    """

    recipe: Recipe
    warnings: tuple[str, ...]
    grid: Grid | None = None


def read_recipe_file(path: Path) -> FoundRecipe:
    """Read a recipe from a JSON file, or from a picture that carries one.

    Raises:
        RecipeError: there is none in it, or it is not valid.
        ImageError: the file cannot be read.
    """
    return recipe_of(read_picture_file(path), shown_name(path))


def recipe_of(data: bytes, shown: str) -> FoundRecipe:
    """Read a recipe from the bytes of a file.

    Args:
        data: of a picture, or JSON in any encoding that a byte order mark names, UTF-8 without one.
        shown: the file's name, for messages.

    Raises:
        RecipeError: there is none in it, or it is not valid.
    """
    if format_of(data) is None:
        read = from_json(_json(data, shown))
        return FoundRecipe(read.recipe, tuple(read.warnings))
    found = metadata_of(data)
    if found.grid is not None:
        return FoundRecipe(found.grid.base, found.warnings, found.grid)
    if found.recipe is None:
        lost = "is damaged, and no tdiff recipe could be read from it" if found.damaged else "carries no tdiff recipe"
        raise RecipeError(f"{shown} {lost}", remedy="see tdiff inspect")
    return FoundRecipe(found.recipe, tuple(found.warnings))


def _json(data: bytes, shown: str) -> str:
    """The text of what should be a recipe, if it looks like one."""
    try:
        text = decode_text(data)
    except UnicodeDecodeError:
        text = ""
    if not text.lstrip().startswith(("{", "[", '"')):
        raise RecipeError(f"{shown} is no PNG, JPEG, WebP or GIF, and no recipe (.json)")
    return text
