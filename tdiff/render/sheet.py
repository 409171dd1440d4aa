"""Contact sheets: pictures in rows and columns, each labelled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tdiff.arrays import U8
from tdiff.render.pixels import as_uint8, upscale
from tdiff.render.png import check_scale, png_bytes
from tdiff.text import clean_text

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont, ImageFont

_PAPER: Final = (255, 255, 255)
_INK: Final = (32, 32, 32)
_LABEL_LIMIT: Final = 200
_SMALLEST_FONT, _LARGEST_FONT = 10, 24
_LEAST_ROOM: Final = 64  # for labels of tiny pictures


def sheet_bytes(
    pictures: NDArray[np.generic],
    columns: Sequence[str],
    rows: Sequence[str] = (),
    scale: int = 4,
    text: Mapping[str, str] | None = None,
) -> bytes:
    """Return a contact sheet as a PNG file.

    Args:
        pictures: (rows · columns, H, W, 3), uint8 or floating in [-1, 1], row by row.
        columns: a label above each column.
        rows: a label beside each row; none for a single row.
        scale: each pixel becomes scale × scale pixels.
        text: text fields to carry, keyword → text.

    Raises:
        ValueError: the number of pictures does not fit the labels.
        UsageError: the scale is below 1 or far too large.
    """
    return png_bytes(draw_sheet(as_uint8(pictures), columns, rows, scale), text)


def draw_sheet(pictures: U8, columns: Sequence[str], rows: Sequence[str] = (), scale: int = 4) -> U8:
    """Draw a contact sheet, (height, width, 3) uint8; see `sheet_bytes` for the arguments.

    Labels wider than their pictures, or than 64 pixels, are wrapped.
    """
    from PIL import Image, ImageDraw

    count = max(1, len(rows))
    if not columns or len(pictures) != count * len(columns):
        raise ValueError(f"{len(pictures)} pictures do not fill {count} rows of {len(columns)}")
    check_scale((count * pictures.shape[1], len(columns) * pictures.shape[2]), scale)
    layout = _layout(columns, rows, pictures.shape[2] * scale, pictures.shape[1] * scale)
    canvas = Image.new("RGB", layout.size, _PAPER)
    pen = ImageDraw.Draw(canvas)
    for place, label in layout.labels:
        pen.text(place, label, _INK, layout.font)
    for number, picture in enumerate(pictures):
        canvas.paste(Image.fromarray(upscale(picture, scale)), layout.cell(*divmod(number, len(columns))))
    return np.asarray(canvas)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where everything goes, in pixels."""

    size: tuple[int, int]
    corner: tuple[int, int]  # of the first picture
    pitch: tuple[int, int]  # from one picture to the next
    labels: tuple[tuple[tuple[float, float], str], ...]
    font: "FreeTypeFont | ImageFont"

    def cell(self, row: int, column: int) -> tuple[int, int]:
        return self.corner[0] + column * self.pitch[0], self.corner[1] + row * self.pitch[1]


def _layout(columns: Sequence[str], rows: Sequence[str], width: int, height: int) -> _Layout:
    """Lay out pictures of width × height with their labels."""
    from PIL import ImageFont

    font = ImageFont.load_default(min(max(width // 9, _SMALLEST_FONT), _LARGEST_FONT))
    line = sum(_line(font))
    gap = max(2, line // 4)
    room = max(width, _LEAST_ROOM)
    heads = [_wrapped(name, font, room) for name in columns]
    names = [_wrapped(name, font, 2 * room) for name in rows]
    wide = max(width, *(_width(part, font) for head in heads for part in head))
    high = max(height, *(line * len(name) for name in names)) if names else height
    left = max((_width(part, font) for name in names for part in name), default=0) + (2 * gap if names else gap)
    top = line * max(map(len, heads)) + 2 * gap
    across, down = wide + gap, high + gap
    labels: list[tuple[tuple[float, float], str]] = []
    for column, head in enumerate(heads):
        first = top - gap - line * len(head)
        for number, part in enumerate(head):
            labels.append(((left + column * across + (wide - _width(part, font)) / 2, first + number * line), part))
    for row, name in enumerate(names):
        first = top + row * down + (high - line * len(name)) // 2
        labels += [((gap, first + number * line), part) for number, part in enumerate(name)]
    size = left + len(columns) * across, top + max(1, len(rows)) * down
    corner = left + (wide - width) // 2, top + (high - height) // 2
    return _Layout(size, corner, (across, down), tuple(labels), font)


def _line(font: "FreeTypeFont | ImageFont") -> tuple[int, int]:
    """Height of a line above and below its base."""
    metrics = getattr(font, "getmetrics", None)
    return metrics() if metrics is not None else (11, 0)  # Pillow without FreeType has one bitmap font


def _width(label: str, font: "FreeTypeFont | ImageFont") -> int:
    return round(font.getlength(label) + 0.5)


def _wrapped(label: str, font: "FreeTypeFont | ImageFont", room: int) -> list[str]:
    """A label cleaned, in lines that are no wider than the room; words that are wider themselves are broken."""
    lines = [""]
    for word in clean_text(label, _LABEL_LIMIT).split():
        longer = f"{lines[-1]} {word}".lstrip()
        if _width(longer, font) <= room:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if lines[-1] and _width(lines[-1] + letter, font) > room:
                lines.append("")
            lines[-1] += letter
    return lines
