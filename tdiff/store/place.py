"""Where the explorer was left: which lesson was open, what was on each bench, and in which colours."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tdiff.errors import TdiffError
from tdiff.files import write_atomic
from tdiff.paths import user_dirs
from tdiff.reading import ReadError, read_file
from tdiff.recipe import Recipe
from tdiff.recipe.json import from_json, to_json

_VERSION = 1
_SIZE_LIMIT = 4_000_000  # bytes: a file beyond this was not written by us
_LESSONS = range(1, 10)  # one for each digit key


@dataclass(frozen=True, slots=True)
class Place:
    """Where the explorer was.

    Attributes:
        lesson: 1 … 9; whoever opens it knows which there are.
        recipes: lesson → what was on its bench.
        theme: name of a Textual theme, "" for the usual one.
    """

    lesson: int = 1
    recipes: Mapping[int, Recipe] = field(default_factory=dict)
    theme: str = ""


def place_path() -> Path:
    """Where it is kept; it need not exist."""
    return user_dirs().state / "place.json"


def load_place(path: Path | None = None) -> Place:
    """Read where the explorer was. What cannot be read is no loss: it begins at lesson 1."""
    file = place_path() if path is None else path
    try:
        content = json.loads(read_file(file, _SIZE_LIMIT).decode("utf-8"))
    except (ReadError, ValueError, RecursionError):
        return Place()
    if not isinstance(content, dict) or content.get("version") != _VERSION:
        return Place()
    lesson: Any = content.get("lesson")
    benches: Any = content.get("benches")
    recipes = {number: recipe for number in _LESSONS if (recipe := _recipe(benches, number)) is not None}
    known = isinstance(lesson, int) and not isinstance(lesson, bool) and lesson in _LESSONS
    theme: Any = content.get("theme")
    return Place(lesson if known else 1, recipes, theme if isinstance(theme, str) else "")


def save_place(place: Place, path: Path | None = None) -> None:
    """Keep where the explorer is.

    Raises:
        OutputError: it cannot be written.
    """
    benches = {str(number): json.loads(to_json(recipe)) for number, recipe in place.recipes.items()}
    content = {"version": _VERSION, "lesson": place.lesson, "benches": benches, "theme": place.theme}
    data = json.dumps(content, ensure_ascii=False).encode()
    write_atomic(place_path() if path is None else path, data, overwrite=True, private=True)


def _recipe(benches: Any, number: int) -> Recipe | None:
    if not isinstance(benches, dict) or not isinstance(benches.get(str(number)), dict):
        return None
    try:
        # A start picture is not in its recipe, and without it the recipe cannot be run.
        return from_json(json.dumps(benches[str(number)])).recipe.replace(start=None, model=None)
    except TdiffError:
        return None
