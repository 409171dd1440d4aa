"""The canvas: a picture in half blocks, redrawn only where it changed."""

import numpy as np
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tdiff.arrays import U8, Mask
from tdiff.render.palette import Depth
from tdiff.render.pixels import upscale
from tdiff.ui.pacing import Pacing
from tdiff.ui.widgets.pixel_strip import Frame, PixelStrip


class PixelView(Widget):
    """Shows one picture. It has no border or padding of its own: put it in a container for those.

    Args:
        picture: (H, W, 3) uint8, H even; black 32×32 until there is one.
        depth: colour depth of the terminal.
        scale: integer enlargement.
    """

    DEFAULT_CSS = """
    PixelView {
        width: auto;
        height: auto;
    }
    """
    ALLOW_SELECT = False

    depth: reactive[Depth] = reactive[Depth]("true", layout=False)
    """Colour depth that cells are drawn in."""

    scale: reactive[int] = reactive(1, layout=True)
    """Each pixel becomes scale × scale pixels."""

    def __init__(
        self,
        picture: U8 | None = None,
        depth: Depth = "true",
        scale: int = 1,
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._picture = np.zeros((32, 32, 3), np.uint8) if picture is None else picture
        self._frame: Frame | None = None
        self._rows: list[PixelStrip] | None = None  # what is shown, while rows of the picture wait for room
        self._stale = np.zeros(0, bool)  # which rows of cells wait
        self._next = 0  # the row after the last that was shown
        self.set_reactive(PixelView.depth, depth)
        self.set_reactive(PixelView.scale, scale)

    @property
    def picture(self) -> U8:
        """What is shown, (H, W, 3) uint8, before enlargement."""
        return self._picture

    def show(self, picture: U8) -> None:
        """Show another picture; rows of cells that stay as they were are not drawn again.

        Args:
            picture: (H, W, 3) uint8, H even.
        """
        before, self._picture = self._picture, picture
        if before.shape != picture.shape:
            self._forget()
            self.refresh(layout=True)
            self.begin()
            return
        changed = self._cell_rows((before != picture).reshape(len(picture), -1).any(1))
        if not changed.any():
            return
        pacing = self._pacing()
        if pacing is None:
            if self._rows is not None:
                changed |= self._stale
            self._forget()
            self.refresh(*self._regions(changed))
            return
        if self._rows is None:
            self._rows, self._stale = list(self._frame.strips if self._frame else self._strips(before)), changed
        else:
            self._stale |= changed
        self._frame = None
        pacing.offer(self)

    def on_mount(self) -> None:
        """Show the first picture."""
        self.begin()

    def begin(self) -> None:
        """Before everything is drawn anew: on a slow line let the picture come row by row, from black."""
        pacing = self._pacing()
        if pacing is not None:
            self._rows = self._strips(np.zeros_like(self._picture))
            self._stale = np.ones(len(self._rows), bool)
            pacing.offer(self)

    def show_some(self, room: int) -> int:
        """Show rows that wait, worth about so many bytes, at least one; returns their bytes, 0 if none waited."""
        if self._rows is None:
            return 0
        waiting = np.roll(np.arange(len(self._stale)), -self._next)
        chosen, spent = np.zeros_like(self._stale), 0
        for y in waiting[self._stale[waiting]]:
            self._rows[y] = self._wanted().strips[y]
            chosen[y], self._next = True, int(y) + 1
            spent += len(self._wanted().texts[y].encode())
            if spent >= room:
                break
        self._stale &= ~chosen
        if not self._stale.any():
            self._rows = None
        self.refresh(*self._regions(chosen))
        return spent

    def watch_depth(self) -> None:
        self._forget()

    def watch_scale(self) -> None:
        self._forget()

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """One cell a pixel, times scale."""
        return int(self._picture.shape[1]) * self.scale

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Two pixels a cell, times scale."""
        return int(self._picture.shape[0]) * self.scale // 2

    def render_line(self, y: int) -> Strip:
        """Return one row of cells, for the ordinary path."""
        strips = self._encoded()
        if y < len(strips):
            return strips[y]
        return Strip.blank(self.size.width, self.visual_style.rich_style)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return rows of cells without the detour over segments wherever nothing but the picture is to be drawn."""
        styles, shape = self.styles, self._cells()
        plain = not styles.tint.a and self.opacity == 1 and styles.gutter.totals == (0, 0)
        if self.app.no_color or not plain or self.region.size != shape:
            return super().render_lines(crop)
        strips: list[Strip] = list(self._encoded()[crop.y : crop.bottom])
        if crop.column_span != (0, shape.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _cells(self) -> Size:
        height, width = self._picture.shape[:2]
        return Size(width * self.scale, height * self.scale // 2)

    def _encoded(self) -> list[PixelStrip]:
        return self._wanted().strips if self._rows is None else self._rows

    def _wanted(self) -> Frame:
        if self._frame is None:
            self._frame = Frame(upscale(self._picture, self.scale), self.depth)
        return self._frame

    def _pacing(self) -> Pacing | None:
        """What rows must wait for; None where the line is fast."""
        pacing: Pacing | None = getattr(self.app, "pacing", None)
        return None if pacing is None or pacing.needless else pacing

    def _strips(self, picture: U8) -> list[PixelStrip]:
        return Frame(upscale(picture, self.scale), self.depth).strips

    def _forget(self) -> None:
        self._frame = self._rows = None

    def _cell_rows(self, pixel_rows: Mask) -> Mask:
        """Rows of cells, at this scale, that show any of these rows of pixels."""
        rows: Mask = np.atleast_1d(np.repeat(pixel_rows, self.scale).reshape(-1, 2).any(axis=1))
        return rows

    def _regions(self, changed: Mask) -> list[Region]:
        """Runs of rows of cells as regions of this widget; none for all of it."""
        if changed.all():
            return []
        edges = np.flatnonzero(np.diff(np.concatenate([[0], changed.astype(np.int8), [0]])))
        width = self._cells().width
        return [Region(0, int(a), width, int(b - a)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
