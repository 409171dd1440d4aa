"""`tdiff grid`: one prompt under two settings at once."""

import sys
from dataclasses import dataclass
from pathlib import Path

from tdiff.commands.console import progress, put, say, say_fates, show_pictures
from tdiff.commands.outputs import check_png
from tdiff.errors import UsageError
from tdiff.files import refuse_existing, write_atomic
from tdiff.prompt.explain import require_effect
from tdiff.prompt.understand import understand
from tdiff.recipe import Recipe
from tdiff.text import clean_text

CELLS_LIMIT = 400
_WHOLE = ("steps", "seed")
_REAL = ("guidance", "eta")
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

    @property
    def labels(self) -> list[str]:
        """What stands beside each row or column."""
        return [f"{self.field} {v:g}" if isinstance(v, float) else f"{self.field} {v}" for v in self.values]


def parse_axis(text: str) -> Axis:
    """Read "guidance=0,1,4,8", "seed=1..4" or "prompt=a red apple,a green apple".

    Raises:
        UsageError: the field is not one of FIELDS, or a value does not fit it.
    """
    field, equals, rest = text.partition("=")
    field = field.strip()
    if not equals or field not in FIELDS:
        raise UsageError(f"an axis is FIELD=VALUES with a field of {', '.join(FIELDS)}, not {clean_text(text, 40)}")
    parts = [part.strip() for part in rest.split(",")]
    values: list[str | int | float] = []
    for part in parts:
        values += _values(field, part)
        if len(values) > CELLS_LIMIT:
            raise UsageError(f"the axis {field} has more than {CELLS_LIMIT} values: take fewer")
    return Axis(field, tuple(values))


def grid(base: Recipe, x: Axis, y: Axis | None, out: Path | None, scale: int, overwrite: bool, color: str) -> None:
    """Make every combination and save or show them as one labelled sheet."""
    if y is not None and x.field == y.field:
        raise UsageError(f"both axes change {x.field}: choose another field for one of them")
    rows = y.values if y is not None else (None,)
    if len(x.values) * len(rows) > CELLS_LIMIT:
        raise UsageError(
            f"a grid of {len(x.values)} × {len(rows)} has more than {CELLS_LIMIT} cells: take fewer values"
        )
    cells = []
    for row in rows:
        recipe = base if y is None else base.replace(**{y.field: row})
        cells += [recipe.replace(**{x.field: value}) for value in x.values]
    for prompt in dict.fromkeys(cell.prompt for cell in cells):
        require_effect(understand(prompt), allow_unknown=False)
        say_fates(prompt)
    if out is not None:
        check_png(out)
        if not overwrite:
            refuse_existing(out)
    elif not sys.stdout.isatty():
        raise UsageError("there is no terminal to draw the grid on: name a file with --out grid.png")

    from tdiff import load

    pipeline = load()
    with progress(len(cells), "pictures") as advance:
        pictures = pipeline.generate_many([c.replace(model=pipeline.info.hash) for c in cells], advance)
    if out is None:
        width = 33 * len(x.values) - 1
        for i, row_label in enumerate(y.labels if y is not None else [""]):
            say(row_label + "  |  " + "  ".join(x.labels) if row_label else "  ".join(x.labels))
            show_pictures(pictures[i * len(x.values) : (i + 1) * len(x.values)], color, width)
        return
    from tdiff.provenance import text_fields
    from tdiff.render.sheet import sheet_bytes

    columns, labels = x.labels, y.labels if y is not None else []
    source = {key: value for key, value in text_fields(base).items() if key.startswith("XML:")}  # no one recipe made it
    write_atomic(out, sheet_bytes(pictures, columns, labels, scale, source), overwrite=overwrite)
    put(str(out))


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
