"""Naming and saving pictures."""

from pathlib import Path
from typing import TYPE_CHECKING

from tdiff.errors import UsageError
from tdiff.files import slug, write_atomic
from tdiff.recipe import Recipe
from tdiff.text import clean_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def picture_path(out: Path | None, prompt: str, seed: int, count: int) -> Path:
    """Return where a picture goes: the file named, or a name from prompt and seed in the folder named.

    Args:
        out: a .png file, a folder, or None for the current folder.
        prompt: makes the name,
        seed: together with this.
        count: how many pictures there are.

    Raises:
        UsageError: one file is named for several pictures, or it is no PNG.
    """
    name = f"{slug(prompt)}-{seed}.png"
    if out is None:
        return Path(name)
    if out.is_dir() or not out.suffix:
        return out / name
    check_png(out)
    if count > 1:
        raise UsageError(f"--out names one file for {count} pictures: name a folder")
    return out


def check_png(path: Path) -> None:
    """Refuse a file name that does not end in .png.

    Raises:
        UsageError: it does not.
    """
    if path.suffix.lower() != ".png":
        raise UsageError(f"pictures are written as PNG, not {clean_text(path.suffix, 12)}: end the name in .png")


def save_picture(
    recipe: Recipe, pixels: "NDArray[np.uint8]", path: Path, scale: int, overwrite: bool, keep_prompt: bool
) -> None:
    """Write a picture that says how it came to be."""
    from tdiff.provenance import text_fields
    from tdiff.render.png import png_bytes

    write_atomic(path, png_bytes(pixels, text_fields(recipe, keep_prompt), scale), overwrite=overwrite)
