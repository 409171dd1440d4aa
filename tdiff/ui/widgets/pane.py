"""A picture under its title, or in a frame that has the title."""

import numpy as np
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tdiff.render.palette import Depth
from tdiff.render.pixels import fitted
from tdiff.text import with_minus
from tdiff.ui.widgets.clipping import clipped
from tdiff.ui.widgets.pixel_view import PixelView
from tdiff.views.figures import Figure

_LEAST_TITLE = 10
"""Cells that a title keeps, however long the number beside it."""
_SIDE = 32  # pixels of a canvas, before it is enlarged
_GROUND = 24  # grey of what no picture covers
_EMPTY = np.full((_SIDE, _SIDE, 3), _GROUND, np.uint8)


class Pane(Vertical):
    """One picture under its title, or in a frame that has the title."""

    DEFAULT_CSS = """
    Pane {
        width: 32;
        height: auto;
        margin-right: 1;
    }
    Pane > .title {
        height: 1;
        width: 1fr;
        color: $text-muted;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    Pane.-framed {
        margin: 0;
        border: round $foreground 30%;
        border-title-color: $foreground;
    }
    Pane.-main {
        border: round $accent;
    }
    """

    def __init__(self, depth: Depth) -> None:
        super().__init__()
        self._title = Static("", classes="title", markup=False)
        self.view = PixelView(_EMPTY, depth)
        self._named = ("", "", "")
        self._scale = 1

    def compose(self) -> ComposeResult:
        """Title over picture."""
        yield self._title
        yield self.view

    def show(self, figure: Figure, mark: str) -> None:
        """Show a figure; `mark` says which of how many it is."""
        named = (figure.title, figure.note, mark)
        if named != self._named:
            self._named = named
            width = _SIDE * self._scale
            if self.has_class("-framed"):
                self.border_title = heading(figure, mark, width - 4)
            else:
                self._title.update(heading(figure, mark, width), layout=False)
        picture = _EMPTY if figure.picture is None else figure.picture
        if picture.shape[:2] == (_SIDE, _SIDE):
            self.view.scale = self._scale
        else:  # of another model: all of the canvas's pixels are its own
            self.view.scale, picture = 1, fitted(picture, _SIDE * self._scale, _GROUND)
        self.view.show(picture)

    def fit(self, scale: int, titled: bool, framed: bool, main: bool = False) -> None:
        """Enlarge, and show or hide frame and title.

        Args:
            scale: of the picture.
            titled: whether the title is shown.
            framed: whether it is shown in a frame.
            main: whether this is the picture that is larger than the others.
        """
        self._named = ("", "", "")  # what is cut to fit depends on the room
        self._scale = scale
        self.styles.width = _SIDE * scale + 2 * framed
        self.set_class(framed, "-framed")
        self.set_class(main, "-main")
        self._title.display = titled and not framed


def heading(figure: Figure, mark: str, width: int) -> Content:
    """Title, number and mark on one line; where it is too narrow, the key's name goes first, then the title's end."""
    title = with_minus(figure.title)
    note = f"  {with_minus(figure.note)}" if figure.note else ""
    turns = f"  {mark}" if mark else ""
    if cell_len(title + note + turns) > width:
        turns = turns.removesuffix(" tab")
    if cell_len(title + note + turns) > width:
        note, turns = note[1:], turns[1:]
    room = max(_LEAST_TITLE, width - cell_len(note) - cell_len(turns))
    return Content.assemble((clipped(title, room), "bold"), note, (turns, "$text-muted"))
