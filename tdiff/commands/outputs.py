"""Naming and saving pictures."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tdiff.commands.console import put, say
from tdiff.commands.json_lines import put_json
from tdiff.commands.target import Target
from tdiff.errors import TdiffError, UsageError
from tdiff.files import slug
from tdiff.prompt.tokenizer import Word
from tdiff.recipe import Recipe
from tdiff.recipe.json import to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        out: a .png file, a folder or a stream; None shows pictures on a terminal.
        film: a .gif file, a folder or a stream for the whole denoising, or None.
        trace: a file that every step is recorded in, or None.
        scale: integer enlargement of files.
        overwrite: replace files that exist.
        keep_prompt: write the prompt into files and their names.
        color: choice of colour depth on a terminal.
        as_json: print one JSON object a picture instead of showing it.
        plain: say what is in pictures instead of showing them, and draw no bars.
    """

    out: Target | None = None
    film: Target | None = None
    trace: Path | None = None
    scale: int = 1
    overwrite: bool = False
    keep_prompt: bool = True
    color: str = "auto"
    as_json: bool = False
    plain: bool = False


def put_made(recipe: Recipe, target: Target | None, words: Sequence[Word], seconds: float) -> None:
    """Print as JSON how a picture was made.

    Args:
        recipe: of the picture.
        target: where it was saved, or None.
        words: what became of those of its prompt.
        seconds: that it took.
    """
    content = {
        "file": str(target.path) if target else None,
        "recipe": json.loads(to_json(recipe)),
        "words": [{"text": word.text, "fate": word.fate.value, "reads": word.reads} for word in words],
        "seconds": round(seconds, 4),
    }
    put_json("tdiff.generate/1", content)


def put_told(pictures: "U8", labels: "Sequence[str]") -> None:
    """Say what the checker sees in pictures, a line each.

    Args:
        pictures: (n, H, W, 3) uint8; those of a checkpoint are not looked into.
        labels: what each is called.
    """
    from tdiff.evaluate.checker import load_checker
    from tdiff.evaluate.told import told
    from tdiff.world.scenes import SIDE

    if pictures.shape[1:3] != (SIDE, SIDE):
        for label in labels:
            put(f"{label}: {pictures.shape[2]}×{pictures.shape[1]} pixels; the checker knows pictures of tdiff's own")
        return
    for label, look in zip(labels, load_checker().look(pictures), strict=True):
        put(f"{label}: {told(look)}")


def picture_target(out: Target | None, prompt: str, seed: int, count: int, keep_prompt: bool = True) -> Target:
    """Return where a picture goes: the file named, or a name from prompt and seed in the folder named.

    Args:
        out: a .png file, a folder, a stream, or None for the current folder.
        prompt: makes the name,
        seed: together with this.
        count: how many pictures there are.
        keep_prompt: off leaves the prompt out of the name, as it is left out of the file.

    Raises:
        UsageError: one file is named for several pictures, or it is no PNG.
    """
    name = f"{slug(prompt if keep_prompt else '')}-{seed}.png"
    if out is None:
        return Target(Path(name))
    if not out.path.suffix and out.stream is None:
        return Target(out.path / name)
    file = out.file(".png", "pictures", name)
    if count > 1 and not out.is_folder:
        raise UsageError(f"--out names one file for {count} pictures", remedy="name a folder, such as pictures/")
    return file


def carries_credentials(path: Path) -> bool:
    """Whether a file is a picture with signed credentials; one that cannot be read counts as none."""
    from tdiff.provenance import read_metadata

    try:
        return read_metadata(path).carries_credentials
    except TdiffError:
        return False


def save_picture(recipe: Recipe, pixels: "U8", target: Target, output: Output) -> None:
    """Write a picture that says how it came to be."""
    from tdiff.provenance import text_fields
    from tdiff.render.png import png_bytes

    if output.overwrite and target.stream is None and carries_credentials(target.path):
        say(f"{target.path} carried signed credentials (C2PA): they are gone with the file it replaces")
    target.write(
        png_bytes(pixels, text_fields(recipe, output.keep_prompt, (pixels.shape[1], pixels.shape[0])), output.scale),
        output.overwrite,
    )
