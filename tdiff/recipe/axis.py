"""One direction of a grid: a field of the recipe and the values it takes."""

import csv
from dataclasses import dataclass
from io import StringIO

from tdiff.errors import UsageError
from tdiff.recipe.model import Recipe
from tdiff.text import clean_text

CELLS_LIMIT = 400
_WHOLE = ("steps", "seed")
_REAL = ("guidance", "guidance_start", "eta")
_TEXT = ("sampler", "prompt", "negative")
FIELDS = (*_REAL, *_WHOLE, *_TEXT)


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction of a grid.

    Attributes:
        field: the recipe's field that changes.
        values: what it takes, in order.
    """

    field: str
    values: tuple[str | int | float, ...]

    def __str__(self) -> str:
        """As `parse_axis` reads it."""
        return f"{self.field}={','.join(map(_written, self.values))}"

    @property
    def labels(self) -> list[str]:
        """What stands beside each row or column."""
        return [f"{self.field} {v:g}" if isinstance(v, float) else f"{self.field} {v}" for v in self.values]


def parse_axis(text: str) -> Axis:
    """Read "guidance=0,1,4,8", "seed=1..4" or 'prompt=a red apple,"a cat, flat"'.

    Values are quoted as in CSV (RFC 4180): one with a comma stands in double quotes, and a quote in it is doubled.

    Raises:
        UsageError: the field is not one of FIELDS, or a value does not fit it.
    """
    field, equals, rest = text.partition("=")
    field = field.strip()
    if not equals or field not in FIELDS:
        raise UsageError(f"an axis is FIELD=VALUES with a field of {', '.join(FIELDS)}, not {clean_text(text, 40)}")
    values: list[str | int | float] = []
    for part in _parts(field, rest):
        values += _values(field, part)
        if len(values) > CELLS_LIMIT:
            raise UsageError(f"the axis {field} has more than {CELLS_LIMIT} values", remedy="take fewer")
    return Axis(field, tuple(values))


def cells(base: Recipe, x: Axis, y: Axis | None) -> list[Recipe]:
    """Return the recipe of every cell, row by row.

    Raises:
        UsageError: both axes change the same field, or there are too many cells.
        RecipeError: a value is out of range.
    """
    if y is not None and x.field == y.field:
        raise UsageError(f"both axes change {x.field}", remedy="choose another field for one of them")
    rows = y.values if y is not None else (None,)
    if len(x.values) * len(rows) > CELLS_LIMIT:
        raise UsageError(
            f"a grid of {len(x.values)} × {len(rows)} has more than {CELLS_LIMIT} cells", remedy="take fewer values"
        )
    made = []
    for row in rows:
        recipe = base if y is None else _with(base, y.field, row)
        made += [_with(recipe, x.field, value) for value in x.values]
    return made


def _with(recipe: Recipe, field: str, value: object) -> Recipe:
    return recipe.with_sampler(str(value)) if field == "sampler" else recipe.replace(**{field: value})


def _parts(field: str, text: str) -> list[str]:
    """Split at the commas that are not in quotes."""
    try:
        rows = list(csv.reader(StringIO(text, newline=""), skipinitialspace=True, strict=True))
    except csv.Error as error:
        raise UsageError(
            f"the values of {field} cannot be read",
            remedy='put one with a comma in double quotes, and a quote in it twice: prompt="a cat, flat","a dog, flat"',
        ) from error
    if len(rows) > 1:
        raise UsageError(f"the values of {field} are in several lines", remedy="separate them by commas")
    parts = [part.strip() for part in rows[0]] if rows else [""]
    if "" in parts and field != "negative":
        raise UsageError(f"the axis {field} has an empty value", remedy="write one between any two commas")
    return parts


def _written(value: str | int | float) -> str:
    """A value as `parse_axis` reads it."""
    if not isinstance(value, str):
        return str(value).removesuffix(".0")
    quoted = any(mark in value for mark in ',"\r\n')
    return '"{}"'.format(value.replace('"', '""')) if quoted else value


def _values(field: str, part: str) -> list[str | int | float]:
    if field in _TEXT:
        return [part]
    try:
        if field in _REAL:
            return [float(part)]
        first, dots, last = part.partition("..")
        if not dots:
            return [int(part)]
        low, high = int(first), int(last)
    except ValueError as error:
        kind = "numbers" if field in _REAL else "whole numbers or ranges such as 1..4"
        raise UsageError(f"{field} takes {kind}, not {clean_text(part, 20)}") from error
    if not low <= high < low + CELLS_LIMIT:
        raise UsageError(f"the range {low}..{high} of {field} must rise and have at most {CELLS_LIMIT} values")
    return list(range(low, high + 1))
