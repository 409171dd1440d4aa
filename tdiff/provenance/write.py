"""What an exported picture carries about its making."""

import json

from tdiff import __version__
from tdiff.provenance.a1111 import write_parameters
from tdiff.provenance.xmp import write_packet, write_recorded_packet
from tdiff.recipe import Recipe
from tdiff.recipe.grid import Grid, grid_to_json
from tdiff.recipe.json import to_json

RECIPE_KEY = "tdiff"
GRID_KEY = "tdiff-grid"
PARAMETERS_KEY = "parameters"
XMP_KEY = "XML:com.adobe.xmp"


def text_fields(recipe: Recipe, keep_prompt: bool = True, size: tuple[int, int] = (32, 32)) -> dict[str, str]:
    """Return the text fields for a PNG or GIF: our recipe, the common `parameters` text, and an XMP packet.

    Args:
        recipe: how the picture was made.
        keep_prompt: off leaves prompt, negative and the texts of switches out of all three; that a model
            made the picture is always said.
        size: width and height of the picture.

    Returns:
        Keyword → text, for `png_bytes` and `gif_bytes`.
    """
    return {
        RECIPE_KEY: recipe_text(recipe, keep_prompt),
        PARAMETERS_KEY: write_parameters(recipe, __version__, size, keep_prompt),
        XMP_KEY: write_packet(recipe, __version__, keep_prompt),
    }


def recorded_fields(system: str, version: str, prompt: str = "", negative: str = "") -> dict[str, str]:
    """Return the text fields of a picture that another tool made and tdiff recorded: that a model made it, and which.

    Args:
        system: what made it.
        version: of the model.
        prompt: "" where it is not known, or to be left out.
        negative: likewise.

    Returns:
        Keyword → text, for `png_bytes` and `gif_bytes`.
    """
    return {XMP_KEY: write_recorded_packet(system, version, prompt, negative)}


def grid_fields(grid: Grid, keep_prompt: bool = True) -> dict[str, str]:
    """Return the text fields for the sheet of a grid, which no single recipe made.

    Args:
        grid: what it shows.
        keep_prompt: off leaves prompts and negatives out; that a model made the pictures is always said.

    Returns:
        Keyword → text, for `sheet_bytes`.
    """
    return {
        GRID_KEY: grid_to_json(grid, keep_prompt),
        XMP_KEY: write_packet(grid.base, __version__, keep_prompt and not grid.names_texts),
    }


def recipe_text(recipe: Recipe, keep_prompt: bool = True) -> str:
    """Return a recipe as JSON, on demand without prompt, negative and switches.

    A reader knows by the missing "prompt" that it was withheld.
    """
    if keep_prompt:
        return to_json(recipe)
    content = json.loads(to_json(recipe))
    for name in ("prompt", "negative", "switches"):
        content.pop(name, None)
    return json.dumps(content, ensure_ascii=False, indent=2)
