"""Build the sprite sheet from the public packages: `python -m tdiff.train.sprites --out FOLDER [--check]`.

Writes `sprites.png` and `sprites.json`, the files of `assets/world` that hold the artwork; the other files there are
made by hand. The pictures come out as they ship; some colour shares do not, so keep the `sprites.json` that ships for
world version 1 (docs/training.md, "The sprites").

The packages are fetched from npm's registry, or read from --packages FOLDER, where `npm pack` put them.
"""

import argparse
import io
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from tdiff.arrays import U8
from tdiff.errors import ImageError, TdiffError
from tdiff.files import write_atomic
from tdiff.paths import asset_path
from tdiff.train.sprite_check import compare, shipped
from tdiff.train.sprite_colours import colour_shares
from tdiff.train.sprite_packages import REGISTRY, Artwork, PackageError, artworks
from tdiff.world.concepts import STYLES
from tdiff.world.palette import COLOURS

TILE: Final = 48
"""Side of a sprite, in pixels."""
LONGEST: Final = 46
"""Longest side of the drawing in it."""
COLUMNS: Final = 48
"""Sprites in a row of the sheet."""
FAINT: Final = 10
"""Alpha up to which a pixel at the edge is trimmed away: glows and shadows fade out over many pixels."""
INCOMPLETE: Final = "retro"
"""The style whose set is older than some of the concepts; a drawing that any other lacks is an error."""
LEFT_OUT: Final = frozenset(
    (
        ("sticker", "tennis"),
        ("retro", "motorcycle"),
        ("retro", "tent"),
        ("retro", "computer"),
        ("retro", "basketball"),
    )
)
"""Drawings that the packages hold and that are not in world version 1."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One sprite of the sheet.

    Attributes:
        concept: concept id.
        style: index into `concepts.STYLES`.
        rgba: (48, 48, 4) uint8, straight alpha.
    """

    concept: int
    style: int
    rgba: U8


def main(arguments: Sequence[str] | None = None, env: Mapping[str, str] | None = None) -> int:
    """Build, write and, if asked for, compare; return what the process ends with."""
    env = os.environ if env is None else env
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there")
    parser.add_argument("--check", action="store_true", help="compare with the sheet that ships; exit 1 if they differ")
    parser.add_argument("--packages", type=Path, help="folder that holds the tarballs")
    parser.add_argument(
        "--registry",
        default=env.get("npm_config_registry") or env.get("NPM_CONFIG_REGISTRY") or REGISTRY,
        help="where to fetch from; npm's own variable npm_config_registry does the same",
    )
    options = parser.parse_args(arguments)
    try:
        before = shipped() if options.check else None  # read first: --out may be the folder of the assets
        rows = json.loads(asset_path("world/concepts.json").read_text("utf-8"))
        sprites = draw(rows, artworks(options.packages, options.registry))
        index, sheet = table(sprites), tiled([sprite.rgba for sprite in sprites])
        write_atomic(options.out / "sprites.png", _png(sheet), overwrite=options.overwrite)
        compact = json.dumps(index, separators=(",", ":")).encode()
        write_atomic(options.out / "sprites.json", compact, overwrite=options.overwrite)
    except TdiffError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(f"{len(sprites)} sprites written")
    if before is None:
        return 0
    report, close = compare(before, [sprite.rgba for sprite in sprites], index["sprites"])
    print(report)
    return 0 if close else 1


def draw(concepts: Iterable[Mapping[str, Any]], styles: Sequence[Artwork]) -> list[Drawn]:
    """Draw every concept in every style that has it, in the order of the sheet.

    Args:
        concepts: rows of `concepts.json`: `id`, `name` and `codepoint` are used.
        styles: the artwork in the order of `concepts.STYLES`.

    Raises:
        PackageError: a style has no such drawing.
        ImageError: a drawing is empty.
    """
    sprites = []
    for concept in concepts:
        for style, (name, artwork) in enumerate(zip(STYLES, styles, strict=True)):
            if (name, concept["name"]) in LEFT_OUT:
                continue
            picture = artwork.picture(concept["codepoint"])
            if picture is not None:
                sprites.append(Drawn(concept["id"], style, placed(picture)))
            elif name != INCOMPLETE:
                raise PackageError(
                    f'the artwork of style "{name}" has no drawing of U+{concept["codepoint"]} ({concept["name"]})',
                    remedy="correct the code point in concepts.json, or add the pair to LEFT_OUT",
                )
    return sprites


def placed(picture: Image.Image) -> U8:
    """Trim an RGBA drawing, bring its longest side to 46 pixels (Lanczos) and centre it.

    Returns:
        (48, 48, 4) uint8, straight alpha; a pixel without alpha is all zeros.

    Raises:
        ImageError: nothing is left after trimming.
    """
    drawing = trimmed(picture)
    scale = LONGEST / max(drawing.size)
    width, height = (max(1, round(side * scale)) for side in drawing.size)
    small = drawing.resize((width, height), Image.Resampling.LANCZOS)
    tile = Image.new("RGBA", (TILE, TILE))
    tile.alpha_composite(small, ((TILE - width) // 2, (TILE - height) // 2))
    return np.array(tile)


def trimmed(picture: Image.Image) -> Image.Image:
    """Cut away the rows and columns at the edges in which no pixel is more than faint.

    Raises:
        ImageError: see `placed`.
    """
    seen = np.asarray(picture)[..., 3] > FAINT  # (H, W)
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    if not rows.size:
        raise ImageError(
            "the drawing is empty, since all of it is transparent", remedy="look at its file in the package"
        )
    return picture.crop((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))


def tiled(sprites: Sequence[U8]) -> U8:
    """Lay sprites out in rows of 48; the last row is filled up with nothing. (rows · 48, 48 · 48, 4) uint8."""
    rows = -(-len(sprites) // COLUMNS)
    tiles = np.zeros((rows * COLUMNS, TILE, TILE, 4), np.uint8)
    tiles[: len(sprites)] = sprites
    return tiles.reshape(rows, COLUMNS, TILE, TILE, 4).swapaxes(1, 2).reshape(rows * TILE, COLUMNS * TILE, 4)


def table(sprites: Iterable[Drawn]) -> dict[str, Any]:
    """Return the content of `sprites.json`: for each sprite its concept, style and colour shares in 255ths."""
    rows = [[sprite.concept, sprite.style, list(colour_shares(sprite.rgba))] for sprite in sprites]
    return {"tile": TILE, "columns": COLUMNS, "palette": list(COLOURS), "sprites": rows}


def _png(sheet: U8) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(sheet).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main())
