"""Naming and saving pictures."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tdiff.commands.console import say
from tdiff.errors import TdiffError, UsageError
from tdiff.files import slug, write_atomic
from tdiff.recipe import Recipe
from tdiff.text import clean_text

if TYPE_CHECKING:
    from tdiff.arrays import U8


def keeps_prompts(asked: bool | None) -> bool:
    """Whether files carry the prompt: as asked for, or as the settings say; what is odd about those is said."""
    if asked is not None:
        return asked
    from tdiff.store.config import config_or_defaults

    config = config_or_defaults()
    for warning in config.warnings:
        say(warning)
    return config.privacy.keep_prompts


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What becomes of pictures once they are made.

    Attributes:
        out: a .png file or a folder; None shows pictures on a terminal.
        film: a .gif file for the whole denoising, or None.
        trace: a file that every step is recorded in, or None.
        scale: integer enlargement of files.
        overwrite: replace files that exist.
        keep_prompt: write the prompt into files and their names.
        color: choice of colour depth on a terminal.
        as_json: print one JSON object a picture instead of showing it.
    """

    out: Path | None = None
    film: Path | None = None
    trace: Path | None = None
    scale: int = 1
    overwrite: bool = False
    keep_prompt: bool = True
    color: str = "auto"
    as_json: bool = False


def picture_path(out: Path | None, prompt: str, seed: int, count: int, keep_prompt: bool = True) -> Path:
    """Return where a picture goes: the file named, or a name from prompt and seed in the folder named.

    Args:
        out: a .png file, a folder, or None for the current folder.
        prompt: makes the name,
        seed: together with this.
        count: how many pictures there are.
        keep_prompt: off leaves the prompt out of the name, as it is left out of the file.

    Raises:
        UsageError: one file is named for several pictures, or it is no PNG.
    """
    name = f"{slug(prompt if keep_prompt else '')}-{seed}.png"
    if out is None:
        return Path(name)
    if os.path.isdir(out) or not out.suffix:
        return out / name
    check_png(out)
    if count > 1:
        raise UsageError(f"--out names one file for {count} pictures", remedy="name a folder")
    return out


def check_png(path: Path) -> None:
    """Refuse a file name that does not end in .png.

    Raises:
        UsageError: it does not.
    """
    if path.suffix.lower() != ".png":
        raise UsageError(
            f"pictures are written as PNG, not {clean_text(path.suffix, 12)}", remedy="end the name in .png"
        )


def carries_credentials(path: Path) -> bool:
    """Whether a file is a picture with signed credentials; one that cannot be read counts as none."""
    from tdiff.provenance import read_metadata

    try:
        return read_metadata(path).carries_credentials
    except TdiffError:
        return False


def save_picture(recipe: Recipe, pixels: "U8", path: Path, output: Output) -> None:
    """Write a picture that says how it came to be."""
    from tdiff.provenance import text_fields
    from tdiff.render.png import png_bytes

    if output.overwrite and carries_credentials(path):
        say(f"{clean_text(str(path))} carried signed credentials (C2PA): they are gone with the file it replaces")
    write_atomic(
        path, png_bytes(pixels, text_fields(recipe, output.keep_prompt), output.scale), overwrite=output.overwrite
    )
