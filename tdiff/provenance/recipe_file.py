"""Recipes from files: JSON, or a picture that carries one."""

from dataclasses import dataclass
from pathlib import Path

from tdiff.errors import RecipeError, UsageError
from tdiff.provenance.read import read_metadata
from tdiff.recipe import Recipe
from tdiff.recipe.json import SIZE_LIMIT, from_json
from tdiff.text import clean_text

_BEFORE = b"\xef\xbb\xbf \t\r\n"  # what may stand before the text
PICTURES = (".png", ".gif", ".jpg", ".jpeg", ".webp")


@dataclass(frozen=True, slots=True)
class FoundRecipe:
    """A recipe and what was odd about its file."""

    recipe: Recipe
    warnings: tuple[str, ...]


def read_recipe_file(path: Path) -> FoundRecipe:
    """Read a recipe from a JSON file, or from a picture that carries one.

    Raises:
        RecipeError: there is none in it, or it is not valid.
        UsageError: the file cannot be read.
        ImageError: it is called a picture and is none.
    """
    if path.suffix.lower() in PICTURES:
        found = read_metadata(path)
        if found.recipe is None:
            lost = (
                "is damaged, and no tdiff recipe could be read from it" if found.damaged else "carries no tdiff recipe"
            )
            raise RecipeError(f"{clean_text(str(path))} {lost}: see tdiff inspect")
        return FoundRecipe(found.recipe, tuple(found.warnings))
    data = read_small(path, SIZE_LIMIT)
    if path.suffix.lower() not in ("", ".json", ".txt") and not data.lstrip(_BEFORE).startswith(b"{"):
        raise RecipeError(f"{clean_text(str(path))} is no PNG, JPEG, WebP or GIF, and no recipe (.json)")
    read = from_json(data)
    return FoundRecipe(read.recipe, tuple(read.warnings))


def read_small(path: Path, limit: int) -> bytes:
    """Read a regular file of at most `limit` bytes.

    Raises:
        UsageError: it is not there, not a file, too large, or cannot be read.
    """
    shown = clean_text(str(path))
    try:
        if not path.is_file():
            raise UsageError(f"{shown} is not a file: check its name")
        if path.stat().st_size > limit:
            raise UsageError(f"{shown} is larger than {limit // 1024} kB, which is more than such a file holds")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {shown}: {error.strerror or error}") from error
