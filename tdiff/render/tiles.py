"""Pictures side by side in as many columns as a terminal has, each under its label."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from tdiff.arrays import U8
from tdiff.render.halfblock import encode
from tdiff.render.palette import Depth
from tdiff.text import clean_text

_LABEL_LINES: Final = 3
_LABEL_LIMIT: Final = 400


def tiles(pictures: U8, depth: Depth, columns: int, labels: Sequence[str] = ()) -> Iterator[str]:
    """Draw pictures in rows that fit, one line of text at a time.

    Args:
        pictures: (n, H, W, 3) uint8. Where a single one is wider than the terminal, all are reduced.
        depth: colours to use.
        columns: width of the terminal in cells.
        labels: one above each picture, wrapped at words and cut after three lines; none for none.

    Raises:
        ValueError: there is not one label for each picture.
    """
    if labels and len(labels) != len(pictures):
        raise ValueError(f"there are {len(labels)} labels for {len(pictures)} pictures")
    pictures = _fitting(pictures, columns)
    width = pictures.shape[2]
    fit = max(1, (columns + 1) // (width + 1))
    for first in range(0, len(pictures), fit):
        if labels:
            yield from _beside([_wrapped(label, width) for label in labels[first : first + fit]], width)
        yield from map(
            " ".join,
            zip(*(encode(np.ascontiguousarray(p), depth) for p in pictures[first : first + fit]), strict=True),
        )


def _fitting(pictures: U8, columns: int) -> U8:
    """Reduce pictures to the width that there is."""
    from PIL import Image

    height, width = pictures.shape[1:3]
    if width <= columns or not len(pictures):
        return pictures
    size = max(1, columns), max(2, round(height * max(1, columns) / width) // 2 * 2)
    return np.stack([np.asarray(Image.fromarray(p).resize(size, Image.Resampling.BOX)) for p in pictures])


def _beside(labels: list[list[str]], width: int) -> Iterator[str]:
    """Labels beside one another, with as many lines as the longest has."""
    from rich.cells import set_cell_size

    for number in range(max(map(len, labels))):
        line = " ".join(set_cell_size(label[number] if number < len(label) else "", width) for label in labels)
        yield line.rstrip()


def _wrapped(label: str, width: int) -> list[str]:
    """A label in lines that fit; the last ends in … where not all of it is there."""
    from rich.cells import cell_len, set_cell_size

    lines = [""]
    for word in clean_text(label, _LABEL_LIMIT).split():
        if not lines[-1]:
            lines[-1] = word
        elif cell_len(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    shown = [line if cell_len(line) <= width else f"{set_cell_size(line, width - 1)}…" for line in lines[:_LABEL_LINES]]
    if len(lines) > _LABEL_LINES and not shown[-1].endswith("…"):
        shown[-1] = f"{set_cell_size(shown[-1], min(cell_len(shown[-1]), width - 1))}…"
    return shown
