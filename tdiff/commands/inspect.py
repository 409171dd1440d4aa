"""`tdiff inspect` and `tdiff diff`: what files say about themselves."""

import json
import textwrap
from collections.abc import Mapping
from pathlib import Path

from tdiff.commands.console import put, put_document, put_lines, say
from tdiff.commands.inputs import Given, read, read_for_recipe
from tdiff.commands.inspect_trace import inspect_trace
from tdiff.commands.json_lines import put_json
from tdiff.errors import ImageError
from tdiff.prompt.command import command_of, grid_command_of
from tdiff.provenance import Metadata
from tdiff.provenance.read import metadata_of
from tdiff.provenance.recipe_file import FoundRecipe
from tdiff.recipe import differences
from tdiff.recipe.grid import grid_to_json
from tdiff.recipe.json import to_json
from tdiff.text import clean_text
from tdiff.traces.reader import is_trace


def inspect(path: Path, as_json: bool) -> None:
    """Print a file's source type, recipe and other fields; of a recipe's own file the recipe, of a trace its steps."""
    if is_trace(path):
        inspect_trace(path, as_json)
        return
    given = read(path)
    if not given.is_picture and given.looks_like_text:
        _inspect_recipe(given, as_json)
        return
    try:
        found = metadata_of(given.data)
    except ImageError as error:
        raise ImageError(f"{given.name}: {error.message}", remedy=error.remedy) from error
    if as_json:
        put_json("tdiff.inspect-picture/1", _content(path, found))
        return
    width, height = found.size
    put(f"{given.name}: {found.format}, {f'{width}×{height} pixels' if width else 'of unknown size'}")
    put(f"source type  {found.source_type or 'not stated'}")
    _put_texts("XMP", found.xmp)
    if found.recipe is not None:
        put("recipe:")
        put_document(to_json(found.recipe))
        put(f"$ {command_of(found.recipe)}")
    elif found.grid is not None:
        put("grid, with what all its cells share:")
        put_document(to_json(found.grid.base))
        for name, axis in zip(("columns", "rows"), found.grid.axes, strict=False):
            put(f"{name:<11}  {axis}")
        put(f"$ {grid_command_of(found.grid)}")
    elif found.parameters is not None:
        _put_texts("as other tools write it", {"parameters": found.parameters})
    elif found.damaged:
        put("no recipe was read: the file is damaged, so there may have been one")
    elif not found.prompt_withheld:
        put("no recipe in it")
    if found.prompt_withheld:
        put("whoever made it left the prompt out")
    if found.carries_credentials:
        put("it carries signed content credentials (C2PA), which tdiff neither checks nor rewrites")
    _put_texts("other texts", found.other)
    for warning in found.warnings:
        say(warning)


def diff(a: Path, b: Path, as_json: bool) -> None:
    """Print in what two recipes differ, and by how much their pictures do where both files are pictures."""
    given = read_for_recipe(a), read_for_recipe(b)
    first, second = (one.found() for one in given)
    changed = {**differences(first.recipe, second.recipe)}
    for name, axes in zip(("columns", "rows"), zip(_axes(first), _axes(second), strict=True), strict=True):
        if axes[0] != axes[1]:
            changed[name] = axes
    apart = None if first.grid or second.grid else _mean_difference(*given)
    if as_json:
        fields = {name: [_plain(x), _plain(y)] for name, (x, y) in changed.items()}
        put_json("tdiff.diff/1", {"fields": fields, "mean_difference": apart})
        return
    for name, (x, y) in changed.items():
        put(f"{name}: {clean_text(str(_plain(x)))} → {clean_text(str(_plain(y)))}")
    if not changed:
        put("the recipes are the same")
    if apart is not None:
        put(f"mean difference of the pictures: {apart:.2f} of 255")


def _axes(found: FoundRecipe) -> tuple[str | None, str | None]:
    """What changes along the columns and the rows of a grid; None where nothing does."""
    if found.grid is None:
        return None, None
    return str(found.grid.x), None if found.grid.y is None else str(found.grid.y)


def _put_texts(heading: str, texts: Mapping[str, str]) -> None:
    """Print texts of the file's own, indented, so that none of their lines can be taken for one of ours."""
    if texts:
        put(f"{heading}:")
    for name, value in texts.items():
        put_lines(textwrap.indent(f"{name}: {value}", "  ", lambda line: True))


def _inspect_recipe(given: Given, as_json: bool) -> None:
    recipe = given.recipe()
    if as_json:
        put_json(
            "tdiff.inspect-recipe/1", {"file": str(given.path), "format": "JSON", "recipe": json.loads(to_json(recipe))}
        )
        return
    put(f"{given.name}: a recipe")
    put_document(to_json(recipe))
    put(f"$ {command_of(recipe)}")


def _content(path: Path, found: Metadata) -> dict[str, object]:
    return {
        "file": str(path),
        "format": found.format,
        "size": list(found.size),
        "source_type": found.source_type,
        "xmp": dict(found.xmp),
        "prompt_withheld": found.prompt_withheld,
        "recipe": json.loads(to_json(found.recipe)) if found.recipe else None,
        "grid": json.loads(grid_to_json(found.grid)) if found.grid else None,
        "parameters": found.parameters,
        "carries_credentials": found.carries_credentials,
        "other": dict(found.other),
        "warnings": list(found.warnings),
    }


def _mean_difference(a: Given, b: Given) -> float | None:
    """Mean absolute difference of two pictures' pixels, 0 … 255; None where one is no picture."""
    if not (a.is_picture and b.is_picture):
        return None
    import numpy as np

    first, second = (given.picture(given.name).picture for given in (a, b))
    return round(float(np.abs(first - second).mean() * 127.5), 3)


def _plain(value: object) -> object:
    """A field's value without our own types, for people and for JSON."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    return value
