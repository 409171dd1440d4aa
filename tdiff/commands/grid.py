"""`tdiff grid`: one prompt under two settings at once."""

import sys

from tdiff.commands.console import progress, put_path, say, say_fates, show_pictures
from tdiff.commands.outputs import Output, check_png
from tdiff.errors import UsageError
from tdiff.files import refuse_existing, write_atomic
from tdiff.prompt.explain import require_effect
from tdiff.prompt.understand import understand
from tdiff.recipe import Recipe
from tdiff.recipe.axis import Axis, cells


def grid(
    base: Recipe,
    x: Axis,
    y: Axis | None,
    output: Output,
) -> None:
    """Make every combination and save or show them as one labelled sheet.

    Args:
        base: what no axis changes.
        x: the columns.
        y: the rows, if any.
        output: where the sheet goes. `keep_prompt` decides of what the file says about itself, not of its labels.
    """
    made, out = cells(base, x, y), output.out
    for prompt in dict.fromkeys(cell.prompt for cell in made):
        require_effect(understand(prompt), allow_unknown=False)
        say_fates(understand(prompt))
    if out is not None:
        check_png(out)
        if not output.overwrite:
            refuse_existing(out)
    elif not sys.stdout.isatty():
        raise UsageError("there is no terminal to draw the grid on", remedy="name a file with --out grid.png")

    from tdiff import load

    pipeline = load()
    with progress(len(made), "pictures") as advance:
        pictures = pipeline.generate_many([c.replace(model=pipeline.info.hash) for c in made], advance)
    if out is None:
        width = 33 * len(x.values) - 1
        for i, row_label in enumerate(y.labels if y is not None else [""]):
            say(row_label + "  |  " + "  ".join(x.labels) if row_label else "  ".join(x.labels))
            show_pictures(pictures[i * len(x.values) : (i + 1) * len(x.values)], output.color, width)
        return
    from tdiff.provenance import text_fields
    from tdiff.render.sheet import sheet_bytes

    columns, labels = x.labels, y.labels if y is not None else []
    said = text_fields(base, output.keep_prompt).items()
    source = {key: value for key, value in said if key.startswith("XML:")}  # no one recipe made it
    if not output.keep_prompt and any(axis.field in ("prompt", "negative") for axis in (x, y) if axis is not None):
        say("the prompt is left out of the file's metadata, but the labels in the picture show what the axis says")
    write_atomic(out, sheet_bytes(pictures, columns, labels, output.scale, source), overwrite=output.overwrite)
    put_path(out)
