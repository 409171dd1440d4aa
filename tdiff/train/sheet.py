"""A contact sheet of all nouns, to be looked at: `python -m tdiff.train.sheet --out sheet.png`.

Draws what ships, or `--weights` of a training that goes on: four pictures of each noun, the same that the look score
judges. `--look` frames those in red that look like none of their noun's drawings.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from tdiff.arrays import U8
from tdiff.errors import TdiffError
from tdiff.evaluate.look_score import nearest_drawings
from tdiff.evaluate.nearest_drawing import Drawings
from tdiff.files import write_atomic
from tdiff.render.png import png_bytes
from tdiff.render.sheet import draw_sheet
from tdiff.train.networks import Networks, add_arguments, networks_of
from tdiff.world.captions import with_article
from tdiff.world.concepts import Concept, offered

_ACROSS: Final = 5
"""Blocks of nouns side by side."""
_RED: Final = (220, 0, 0)
_PAPER: Final = 255


def main() -> None:
    """Parse arguments and write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    parser.add_argument("--out", type=Path, required=True, help="PNG file; one that is there is replaced")
    parser.add_argument("--seeds", type=int, default=4, help="pictures of each noun")
    parser.add_argument("--nouns", default="", help="comma-separated; all that prompts may use where empty")
    parser.add_argument("--words", default="", help="said behind each noun, such as 'in 3d style'")
    parser.add_argument("--look", action="store_true", help="frame what looks like none of its noun's drawings")
    parser.add_argument("--scale", type=int, default=2)
    options = parser.parse_args()
    try:
        nouns = _chosen(options.nouns, parser)
        networks = networks_of(options)
        pictures = noun_pictures(networks, nouns, options.seeds, options.words)
        if options.look:
            pictures = framed(networks, pictures, nouns, options.seeds)
        sheet = noun_sheet(pictures, [noun.name for noun in nouns], options.seeds, options.scale)
        write_atomic(options.out, png_bytes(sheet), overwrite=True)
    except TdiffError as error:
        parser.exit(error.exit_code, f"{error}\n")


def noun_pictures(networks: Networks, nouns: Sequence[Concept], seeds: int, words: str = "") -> U8:
    """Return (nouns · seeds, 32, 32, 3), noun by noun, each picture with a seed of its own."""
    prompts = [f"{with_article(noun.name)} {words}".strip() for noun in nouns for _ in range(seeds)]
    return networks.generate(prompts, [""] * len(prompts), list(range(len(prompts))))


def framed(networks: Networks, pictures: U8, nouns: Sequence[Concept], seeds: int) -> U8:
    """Return a copy in which pictures that look like none of their noun's drawings have a red edge."""
    result = pictures.copy()
    found = nearest_drawings(Drawings(), networks.checker, pictures)
    for place, near in enumerate(found):
        if near is None or not near.shows(nouns[place // seeds].id):
            for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
                result[place][edge] = _RED
    return result


def noun_sheet(pictures: U8, names: Sequence[str], seeds: int, scale: int) -> U8:
    """Lay out pictures (nouns · seeds, H, W, 3) in blocks of rows, a noun a row: (height, width, 3) uint8."""
    rows = -(-len(names) // _ACROSS)
    blocks = [
        draw_sheet(
            pictures[first * seeds : (first + rows) * seeds],
            [str(number + 1) for number in range(seeds)],
            names[first : first + rows],
            scale,
        )
        for first in range(0, len(names), rows)
    ]
    height = max(len(block) for block in blocks)
    padded = [np.pad(b, ((0, height - len(b)), (0, 0), (0, 0)), constant_values=_PAPER) for b in blocks]
    return np.concatenate(padded, axis=1)


def _chosen(names: str, parser: argparse.ArgumentParser) -> tuple[Concept, ...]:
    known = {noun.name: noun for noun in offered()}
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        parser.error(f"no noun is called {unknown[0]!r}: choose among those that prompts may use, such as cat")
    return tuple(known[name] for name in wanted) or offered()


if __name__ == "__main__":
    main()
