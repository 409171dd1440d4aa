"""A row of picture cells whose escape sequences are ready, and whose segments are made only if asked for.

Building a Segment a cell costs thirty times what encoding the whole picture does. So the compositor gets
strips that know their own text; whatever needs segments (screenshots, modals, filters, selections) finds
them made on demand. This leans on private fields of Textual's Strip: `tests/ui/test_pixel_view.py` shows
cell for cell on an emulated screen that it still holds, and pyproject pins Textual to a minor range.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as ScreenColor
from textual.filter import LineFilter
from textual.strip import Strip

from tdiff.arrays import U8
from tdiff.render.halfblock import encode
from tdiff.render.palette import Depth, palette_indices
from tdiff.ui.filters import LITERAL


class Frame:
    """A whole picture at one colour depth, encoded once; dithering needs it whole.

    Args:
        pixels: (2·R, W, 3) uint8.
        depth: colour depth to show it in.
    """

    def __init__(self, pixels: U8, depth: Depth) -> None:
        self.pixels, self.depth = pixels, depth
        self.texts = encode(pixels, depth)

    @cached_property
    def strips(self) -> "list[PixelStrip]":
        """One strip a row of cells."""
        return [PixelStrip(self, y) for y in range(len(self.texts))]

    def segments(self, y: int) -> list[Segment]:
        """Return one row as ordinary segments: the same cells as its text."""
        if self.depth in ("mono", "ascii"):
            return [Segment(character, Style.null()) for character in self.texts[y]]
        rows = self._colours[2 * y : 2 * y + 2]
        return [
            Segment(" " if top == bottom else "▀", Style.from_color(top, bottom))
            for top, bottom in zip(*rows, strict=True)
        ]

    @cached_property
    def _colours(self) -> list[list[Color]]:
        if self.depth == "true":
            return [[Color.from_rgb(*pixel) for pixel in row] for row in self.pixels.tolist()]
        indices = palette_indices(self.pixels, "256" if self.depth == "256" else "16")
        return [[Color.from_ansi(index) for index in row] for row in indices.tolist()]


class PixelStrip(Strip):
    """One row of cells of a frame."""

    __slots__ = ["_made", "frame", "y"]

    def __init__(self, frame: Frame, y: int) -> None:
        self.frame, self.y = frame, y
        self._made: list[Segment] | None = None
        self._cell_length = self._cell_count = frame.pixels.shape[1]
        self._render_cache = None
        self._link_ids = set()

    @property
    def _segments(self) -> list[Segment]:  # type: ignore[override]
        if self._made is None:
            self._made = self.frame.segments(self.y)
        return self._made

    def render(self, console: Console) -> str:
        """Return the row's text with escape sequences."""
        return self.frame.texts[self.y]

    def crop(self, start: int, end: int | None = None) -> Strip:
        """Return the cells from start up to end."""
        width = self._width
        start, end = max(0, start), width if end is None else min(width, end)
        if (start, end) == (0, width):
            return self
        if end <= start:
            return Strip([], 0)
        return self._ordinary().crop(start, end)

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Cut the strip at the given cells."""
        width = self._width
        places = [cut for cut in cuts if cut <= width]
        if places == [width]:
            return [self]
        parts, before = [], 0
        for cut in places:
            parts.append(self.crop(before, cut))
            before = cut
        return parts

    def adjust_cell_length(self, cell_length: int, style: Style | None = None) -> Strip:
        """Return a strip of another length."""
        if cell_length == self._width:
            return self
        return self._ordinary().adjust_cell_length(cell_length, style)

    def extend_cell_length(self, cell_length: int, style: Style | None = None) -> Strip:
        """Return a strip at least this long."""
        if cell_length <= self._width:
            return self
        return self._ordinary().extend_cell_length(cell_length, style)

    def crop_extend(self, start: int, end: int, style: Style | None) -> Strip:
        """Crop, extended first if the strip is too short."""
        return self.extend_cell_length(end, style).crop(start, end)

    def apply_filter(self, filter: LineFilter, background: ScreenColor) -> Strip:
        """Return the strip with a colour filter applied; one that looks at text finds nothing in a picture."""
        return self if filter is LITERAL else self._ordinary().apply_filter(filter, background)

    def apply_style(self, style: Style) -> Strip:
        """Return the strip with a style applied."""
        return self._ordinary().apply_style(style)

    def apply_offsets(self, x: int, y: int) -> Strip:
        """Return the strip with offsets for text selection."""
        return self._ordinary().apply_offsets(x, y)

    def style_links(self, link_id: str, link_style: Style) -> Strip:
        """Pictures hold no links."""
        return self

    def simplify(self) -> Strip:
        """Nothing could be merged."""
        return self

    @property
    def _width(self) -> int:
        return int(self.frame.pixels.shape[1])

    def _ordinary(self) -> Strip:
        return Strip(self._segments, self._width)
