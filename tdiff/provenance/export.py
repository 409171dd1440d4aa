"""A made picture as the bytes of a file that says how it came to be."""

from collections.abc import Sequence

from tdiff.arrays import U8
from tdiff.errors import UsageError
from tdiff.provenance.write import recipe_text, text_fields
from tdiff.recipe import Recipe
from tdiff.render.ansi import ansi_bytes
from tdiff.render.gif import gif_bytes
from tdiff.render.palette import Depth
from tdiff.render.png import png_bytes

KINDS = ("png", "gif", "ans", "json")
"""Picture, film, text with colours for `cat`, recipe."""


def export_bytes(
    kind: str, recipe: Recipe, frames: Sequence[U8], scale: int = 1, keep_prompt: bool = True, depth: Depth = "true"
) -> bytes:
    """Return the content of a file.

    Args:
        kind: one of KINDS.
        recipe: how the picture was made.
        frames: (H, W, 3) pictures; the last is the finished one, the others matter to a film only.
        scale: each pixel becomes scale × scale pixels.
        keep_prompt: whether the prompt goes into the file. That a model made it always goes into pictures and films;
            coloured text and recipes have no place for it.
        depth: colours of the "ans" text.

    Raises:
        UsageError: the kind is unknown, or the scale out of range.
    """
    size = (frames[-1].shape[1], frames[-1].shape[0])
    if kind == "png":
        return png_bytes(frames[-1], text_fields(recipe, keep_prompt, size), scale)
    if kind == "gif":
        return gif_bytes(frames, scale, text_fields(recipe, keep_prompt, size))
    if kind == "ans":
        return ansi_bytes(frames[-1], depth, scale)
    if kind == "json":
        return recipe_text(recipe, keep_prompt).encode() + b"\n"
    raise UsageError(f"files are written as {', '.join(KINDS)}", remedy="choose one of these endings")
