"""`tdiff grid`: one prompt under two settings at once."""

import json
import secrets
import sys
import time
from pathlib import Path

import numpy as np

from tdiff.commands.console import progress, put_path, say, say_fates, say_what_differs, show_pictures
from tdiff.commands.inputs import read_for_recipe
from tdiff.commands.json_lines import put_json
from tdiff.commands.outputs import Output, put_told
from tdiff.commands.recipe_options import RecipeOptions
from tdiff.commands.spread import check_spread, spread
from tdiff.engines.choice import OURS, EngineChoice
from tdiff.errors import UsageError
from tdiff.files import slug
from tdiff.prompt.explain import require_effect
from tdiff.prompt.understand import understand
from tdiff.recipe import Recipe
from tdiff.recipe.axis import parse_axis
from tdiff.recipe.grid import Grid, grid_to_json


def grid_given(file: Path | None, x: str | None, y: str | None, options: RecipeOptions) -> Grid:
    """Return the grid of a file, or a fresh one with a random seed, with every option that was given on top.

    Args:
        file: the sheet of a grid, or a picture or JSON file with the recipe that the cells share.
        x: the columns as FIELD=VALUES; None for those of the file.
        y: the rows likewise.
        options: of the recipe that the cells share.

    Raises:
        RecipeError: there is no recipe in the file, or a value is out of range.
        UsageError: there is no prompt or are no columns, or an axis cannot be read.
    """
    base, stored = Recipe(seed=secrets.randbelow(2**31)), None
    if file is not None:
        found = read_for_recipe(file).found()
        base, stored = found.recipe, found.grid
    elif options.prompt is None:
        raise UsageError(
            "tdiff grid needs a prompt",
            remedy='write tdiff grid "a red apple" --x guidance=1,4,8, or give --recipe FILE',
        )
    if x is None and stored is None:
        raise UsageError("the columns are missing", remedy="name a field and its values, as in --x guidance=1,4,8")
    if base.start is not None:
        raise UsageError("a grid starts from noise, and this recipe from a picture", remedy="take another")
    columns = parse_axis(x) if x is not None else stored.x if stored is not None else parse_axis("")
    rows = parse_axis(y) if y else stored.y if stored is not None and x is None else None
    made = Grid(options.onto(base), columns, rows)
    if file is None and options.seed is None and "seed" not in [axis.field for axis in made.axes]:
        say(f"seed {base.seed}")
    return made


def run_grid(grid: Grid, output: Output, choice: EngineChoice = OURS, ray: str | None = None) -> None:
    """Make every combination and save or show them as one labelled sheet.

    Args:
        grid: what to make.
        output: where the sheet goes. `keep_prompt` decides of what the file says about itself, not of its labels.
        choice: the model, and what runs it.
        ray: address of a cluster whose machines make them; None for this one.

    Raises:
        UsageError: a prompt has no effect, or there is neither a file nor a terminal for the sheet.
        OutputError: the file exists or cannot be written.
    """
    made = grid.cells()
    check_spread(choice, ray)
    for prompt in () if choice.runs_checkpoint else dict.fromkeys(cell.prompt for cell in made):
        require_effect(understand(prompt), allow_unknown=False)
        say_fates(understand(prompt))
    target = None
    if output.out is not None:
        stem = slug(grid.base.prompt if output.keep_prompt else "")
        target = output.out.file(".png", "grids", f"{stem}-grid.png")
        target.refuse(output.overwrite)
        if target.stream == 1 and output.as_json:
            raise UsageError("--json and the grid cannot both go to standard output", remedy="name a file with --out")
    elif output.as_json:
        raise UsageError("--json tells of a file, and none is named", remedy="name one with --out grid.png")
    elif not (sys.stdout.isatty() or output.plain):
        raise UsageError("there is no terminal to draw the grid on", remedy="name a file with --out grid.png")

    from tdiff.pipeline import load_chosen

    pipeline = load_chosen(choice)
    say_what_differs(grid.base, pipeline.info)
    began = time.perf_counter()
    with spread(pipeline, ray) as many, progress(len(made), "pictures", plain=output.plain) as advance:
        pictures = many.generate_many([pipeline.named(c) for c in made], advance)
    seconds = time.perf_counter() - began
    if target is None:
        columns, labels = len(grid.x.values), [" · ".join(label) for label in grid.labels]
        if output.plain:
            put_told(np.asarray(pictures), labels)
            return
        for first in range(0, len(made), columns):
            show_pictures(pictures[first : first + columns], output.color, labels[first : first + columns])
        return
    from tdiff.provenance.write import grid_fields
    from tdiff.render.sheet import sheet_bytes

    if not output.keep_prompt and grid.names_texts:
        say("the prompt is left out of the file's metadata, but the labels in the picture show what the axis says")
    named = Grid(pipeline.named(grid.base), grid.x, grid.y)
    rows = [] if grid.y is None else grid.y.labels
    text = grid_fields(named, output.keep_prompt)
    target.write(sheet_bytes(np.asarray(pictures), grid.x.labels, rows, output.scale, text), output.overwrite)
    if output.as_json:
        content = {"file": str(target.path), "grid": json.loads(grid_to_json(named)), "pictures": len(made)}
        put_json("tdiff.grid/1", content | {"seconds": round(seconds, 4)})
    elif target.stream is None:
        put_path(target.path)
