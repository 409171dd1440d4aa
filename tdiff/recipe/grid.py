"""A whole grid as one value: what its cells share, and what each direction changes."""

import json
from dataclasses import dataclass
from typing import Any, Final

from tdiff.errors import RecipeError, UsageError
from tdiff.recipe.axis import Axis, cells, parse_axis
from tdiff.recipe.json import SIZE_LIMIT, from_json, to_json
from tdiff.recipe.model import Recipe
from tdiff.strict_json import JsonError, parse_object

SCHEMA: Final = 1
_TEXTS: Final = ("prompt", "negative")


@dataclass(frozen=True, slots=True)
class Grid:
    """Pictures in rows and columns.

    Attributes:
        base: what no axis changes.
        x: the columns.
        y: the rows, or None for a single one.
    """

    base: Recipe
    x: Axis
    y: Axis | None = None

    @property
    def axes(self) -> tuple[Axis, ...]:
        """Its one or two directions."""
        return (self.x,) if self.y is None else (self.x, self.y)

    @property
    def names_texts(self) -> bool:
        """Whether an axis holds prompts or negatives."""
        return any(axis.field in _TEXTS for axis in self.axes)

    @property
    def labels(self) -> list[tuple[str, ...]]:
        """What each cell is called, row by row: its column, and its row where there are any."""
        rows = [()] if self.y is None else [(label,) for label in self.y.labels]
        return [(column, *row) for row in rows for column in self.x.labels]

    def cells(self) -> list[Recipe]:
        """Return the recipe of every cell, row by row.

        Raises:
            UsageError: both axes change the same field, or there are too many cells.
            RecipeError: a value is out of range.
        """
        return cells(self.base, self.x, self.y)


def grid_to_json(grid: Grid, keep_prompt: bool = True) -> str:
    """Return a grid as JSON text.

    Args:
        grid: to write.
        keep_prompt: off leaves out the prompt, the negative, and axes that hold such.
    """
    base: dict[str, Any] = json.loads(to_json(grid.base))
    axes = {name: str(axis) for name, axis in (("x", grid.x), ("y", grid.y)) if axis is not None}
    if not keep_prompt:
        base = {name: value for name, value in base.items() if name not in (*_TEXTS, "switches")}
        axes = {name: text for name, text in axes.items() if text.partition("=")[0] not in _TEXTS}
    return json.dumps({"schema": SCHEMA, "base": base, **axes}, ensure_ascii=False, indent=2)


def grid_from_json(text: str) -> Grid:
    """Read a grid.

    Raises:
        RecipeError: it is no grid that we wrote, or its prompt was left out.
    """
    try:
        content = parse_object(text, "grid", SIZE_LIMIT, '{"schema": 1, "base": {}, "x": "seed=1..4"}')
    except JsonError as error:
        raise RecipeError(error.message, error.field, remedy=error.remedy) from error
    base, x, y = content.get("base"), content.get("x"), content.get("y")
    if content.get("schema") != SCHEMA or not isinstance(base, dict) or not isinstance(y, str | None):
        raise RecipeError("this grid was not written by this version of tdiff")
    if "prompt" not in base or not isinstance(x, str):
        raise RecipeError(
            "the prompt of this grid was left out when it was saved, so nothing gives its pictures again", "prompt"
        )
    try:
        grid = Grid(from_json(json.dumps(base)).recipe, parse_axis(x), None if y is None else parse_axis(y))
        grid.cells()
    except UsageError as error:
        raise RecipeError(str(error)) from error
    return grid
