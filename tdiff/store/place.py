"""Where the explorer was left: which lesson was open, what was on each bench, and in which colours."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tdiff.errors import TdiffError
from tdiff.paths import user_dirs
from tdiff.recipe import Recipe
from tdiff.recipe.json import from_json, to_json
from tdiff.store.kept import Kept, merged

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


def load_place(path: Path | None = None) -> tuple[Place, str]:
    """Read where the explorer was; without a file it begins at lesson 1.

    What is damaged is set aside under another name, so that saving loses nothing.

    Returns:
        The place, and a sentence for the person, "" if all is well.
    """
    found, said = _kept(path).load()
    return found or Place(), said


def save_place(place: Place, path: Path | None = None, since: Place | None = None) -> None:
    """Keep where the explorer is.

    Args:
        place: where that is.
        path: the file; the user's own by default.
        since: what was last read or written here. Only what changed since then is changed in the file, where another
            tdiff may have left recipes meanwhile. None replaces all that is there.

    Raises:
        OutputError: it cannot be written.
    """
    _kept(path).save(place, since)


def _onto(theirs: Place, before: Place, mine: Place) -> Place:
    """Carry what changed between two places over to a third."""
    return Place(
        theirs.lesson if mine.lesson == before.lesson else mine.lesson,
        merged(before.recipes, mine.recipes, theirs.recipes),
        theirs.theme if mine.theme == before.theme else mine.theme,
    )


def _kept(path: Path | None) -> Kept[Place]:
    return Kept(place_path() if path is None else path, "where you were", _SIZE_LIMIT, _parsed, _dumped, _onto)


def _dumped(place: Place) -> bytes:
    benches = {str(number): json.loads(to_json(recipe)) for number, recipe in place.recipes.items()}
    content = {"version": _VERSION, "lesson": place.lesson, "benches": benches, "theme": place.theme}
    return json.dumps(content).encode()


def _parsed(data: bytes) -> Place:
    """Read what `save_place` wrote.

    Raises:
        ValueError: it is anything else, or of another version.
        RecursionError: it is nested far too deep.
    """
    content = json.loads(data.decode("utf-8"))
    if not isinstance(content, dict) or content.get("version") != _VERSION:
        raise ValueError(f"it is not of version {_VERSION}")
    lesson, theme, benches = content.get("lesson"), content.get("theme", ""), content.get("benches")
    if type(lesson) is not int or lesson not in _LESSONS:
        raise ValueError("there is no such lesson")
    if not isinstance(theme, str) or not isinstance(benches, dict):
        raise ValueError("benches are not a table, or the theme is no name")
    return Place(lesson, {_number(name): _recipe(content) for name, content in benches.items()}, theme)


def _number(name: str) -> int:
    if name not in map(str, _LESSONS):
        raise ValueError("there is no such lesson")
    return int(name)


def _recipe(content: Any) -> Recipe:
    try:
        # A start picture is not in its recipe, and without it the recipe cannot be run.
        return from_json(json.dumps(content)).recipe.without_maker().replace(start=None)
    except TdiffError as error:
        raise ValueError(str(error)) from error
