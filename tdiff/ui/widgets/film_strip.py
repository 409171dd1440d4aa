"""The run as a strip of small pictures, the clean guesses from the first step to the last; the one shown is marked."""

import numpy as np
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widgets import Static

from tdiff.arrays import U8
from tdiff.render.palette import Depth
from tdiff.render.pixels import fitted
from tdiff.ui.events import PlaceChoice
from tdiff.ui.widgets.pixel_view import PixelView
from tdiff.views.view import Still

_PIXELS = 32  # of a picture, in each direction
_NONE = 24  # grey where there is no picture yet
_MOST = 16  # pictures
_SEVERAL = 6  # of them, so that they tell how the run went
_HALF, _QUARTER = 2, 4  # how many times smaller a small picture is


class _Still(Vertical):
    """One small picture over its number; a click goes there."""

    DEFAULT_CSS = """
    _Still {
        width: auto;
        height: auto;
        margin-right: 1;
        pointer: pointer;
    }
    _Still > Static {
        height: 1;
        width: 1fr;
        text-align: center;
        color: $text-muted;
    }
    _Still.-shown > Static {
        color: $accent;
        text-style: bold reverse;
    }
    """

    def __init__(self, depth: Depth) -> None:
        super().__init__()
        self._depth: Depth = depth
        self._place = 0
        self._view = PixelView(np.full((8, 8, 3), _NONE, np.uint8), depth)
        self._label = Static("", markup=False)

    def compose(self) -> ComposeResult:
        """Picture over number."""
        yield self._view
        yield self._label

    def show(self, still: Still, smaller: int, labelled: bool, chosen: bool) -> None:
        """Show a picture of a run.

        Args:
            still: which.
            smaller: how many times smaller than it is.
            labelled: whether its number is shown.
            chosen: whether it is the one that the canvases show.
        """
        self._place = still.place
        self._view.show(small(still.picture, smaller))
        self._label.display = labelled
        self._label.update(still.label, layout=False)
        self.set_class(chosen, "-shown")

    def on_click(self) -> None:
        """Go there."""
        self.post_message(PlaceChoice(self._place))


class FilmStrip(Container):
    """As many pictures as fit into a row, or into two.

    Args:
        depth: colour depth of the terminal.
    """

    DEFAULT_CSS = """
    FilmStrip {
        layout: grid;
        width: 1fr;
        height: 1fr;
        overflow: hidden;
    }
    """

    def __init__(self, depth: Depth) -> None:
        super().__init__()
        self._depth: Depth = depth
        self.room = 0
        """How many pictures there is room for."""
        self._smaller, self._labelled = _QUARTER, False
        self._made = [_Still(depth) for _ in range(_MOST)]

    def compose(self) -> ComposeResult:
        """Places for pictures."""
        yield from self._made

    def fit(self, width: int, height: int) -> None:
        """Arrange for so many cells."""
        half = _PIXELS // _HALF
        self._smaller = _HALF if height >= half // 2 and width >= _SEVERAL * (half + 1) else _QUARTER
        side = _PIXELS // self._smaller
        rows = max(1, min(2, height // (side // 2)))
        columns = (width + 1) // (side + 1)
        self.room = min(columns * rows, _MOST)
        self._labelled = height >= rows * (side // 2 + 1)
        self.styles.grid_size_columns = max(1, columns)
        self.styles.grid_columns = f"{side + 1}"
        self.styles.grid_rows = f"{side // 2 + self._labelled}"

    def show(self, stills: tuple[Still, ...], cursor: int) -> None:
        """Show pictures of a run.

        Args:
            stills: no more than there is room for.
            cursor: the place that the canvases show.
        """
        chosen = min(range(len(stills)), key=lambda place: abs(stills[place].place - cursor), default=0)
        for number, widget in enumerate(self._made):
            widget.display = number < len(stills)
            if number < len(stills):
                widget.show(stills[number], self._smaller, self._labelled, number == chosen)


def small(picture: U8 | None, smaller: int) -> U8:
    """A picture so many times smaller than a canvas of 32×32; grey where there is none."""
    side = _PIXELS // smaller
    if picture is None:
        return np.full((side, side, 3), _NONE, np.uint8)
    if picture.shape[:2] != (_PIXELS, _PIXELS):
        return fitted(picture, side, _NONE)
    reduced: U8 = picture.reshape(side, smaller, side, smaller, 3).mean((1, 3)).astype(np.uint8)
    return reduced
