"""The canvases: as many pictures side by side as there is room for, each under its title."""

from collections.abc import Sequence

import numpy as np
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.events import Click
from textual.widgets import Static

from tdiff.render.palette import Depth
from tdiff.render.pixels import fitted
from tdiff.text import with_minus
from tdiff.ui.events import CanvasTurn, FrontChange
from tdiff.ui.layout import Arrangement
from tdiff.ui.widgets.clipping import clipped
from tdiff.ui.widgets.pixel_view import PixelView
from tdiff.views.figures import Figure

_LEAST_TITLE = 10
"""Cells that a title keeps, however long the number beside it."""
_HERO_SLOT = 1  # of the canvases: one small one stands before it, so that a grid puts it to the right of both
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


class Canvases(Container):
    """A window on a row of figures; tab turns it where not all fit.

    Args:
        depth: colour depth of the terminal.
    """

    DEFAULT_CSS = """
    Canvases {
        layout: horizontal;
        width: auto;
        height: auto;
    }
    Canvases.-stacked {
        layout: vertical;
    }
    Canvases.-hero, Canvases.-tiles {
        layout: grid;
        width: 102;
        height: 36;
        grid-size: 3 2;
        grid-columns: 34;
        grid-rows: 18;
    }
    Canvases.-hero {
        grid-size: 2 2;
        grid-columns: 34 68;
    }
    Canvases.-hero Pane.-main {
        row-span: 2;
        margin: 0 0 0 1;
    }
    """

    def __init__(self, depth: Depth, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._depth: Depth = depth
        self._figures: tuple[Figure, ...] = ()
        self._first = 0
        self._arrangement = Arrangement("beside")
        self._made: list[Pane] = []
        self.titled = True
        """Whether titles are shown."""
        self._told: tuple[object, ...] = ("", (), None)

    @property
    def turnable(self) -> bool:
        """Whether some figures are out of sight."""
        return len(self._figures) > self._arrangement.shown

    @property
    def front(self) -> Figure | None:
        """The first figure that is shown."""
        return self._figures[self._first % len(self._figures)] if self._figures else None

    @property
    def place(self) -> int:
        """Which figure that is, from 0."""
        return self._first % max(1, len(self._figures))

    async def fit(self, arrangement: Arrangement, titled: bool = True) -> None:
        """Arrange for a terminal: canvases that are missing are made, those too many hidden."""
        self._arrangement, self.titled = arrangement, titled
        self.set_class(arrangement.across < arrangement.shown and arrangement.shape == "beside", "-stacked")
        self.set_class(bool(arrangement.hero), "-hero")
        self.set_class(arrangement.shape == "corner" and not arrangement.hero, "-tiles")
        slots = max(arrangement.shown, _HERO_SLOT + 1) if arrangement.hero else arrangement.shown
        while len(self._made) < slots:
            canvas = Pane(self._depth)
            self._made.append(canvas)
            await self.mount(canvas)
        for slot, canvas in enumerate(self._made):
            main = bool(arrangement.hero) and slot == _HERO_SLOT
            canvas.display = slot < slots
            canvas.fit(arrangement.hero if main else arrangement.scale, titled, arrangement.framed, main)
        self._draw()

    def show(self, figures: Sequence[Figure]) -> None:
        """Show other figures; the window stays where it was, if it can."""
        self._figures = tuple(figures)
        self._draw()

    def turn(self, by: int = 1) -> None:
        """Bring the next figures to the front."""
        if self._figures:
            self._first = (self._first + by) % len(self._figures)
            self._draw()

    def bring(self, place: int) -> None:
        """Put a figure in front, where it would be out of sight."""
        self._first = place if self.turnable else 0
        self._draw()

    def reveal(self, place: int) -> None:
        """Turn as far as it takes to bring a figure in sight."""
        count = len(self._figures)
        if count and (place - self._first) % count >= self._arrangement.shown:
            self._first = max(0, place - self._arrangement.shown + 1)
            self._draw()

    def on_click(self, event: Click) -> None:
        """Turn, as tab does."""
        if self.turnable:
            self.turn()
            self.post_message(CanvasTurn())

    def _draw(self) -> None:
        count = len(self._figures)
        if not count:
            return
        if not self.turnable:
            self._first = 0
        self._first %= count
        places = self._places()
        for slot, canvas in enumerate(self._made):
            place = places[slot] if slot < len(places) else None
            canvas.visible = place is not None
            if place is not None:
                mark = f"{place + 1}/{count} tab" if self.turnable and slot == 0 else ""
                canvas.show(self._figures[place], mark)
        front = self._figures[self._first]
        if (front.title, front.parts, front.command) != self._told:
            self._told = front.title, front.parts, front.command
            self.post_message(FrontChange())

    def _places(self) -> list[int | None]:
        """Which figure each canvas shows; the largest has the middle one in the order of the canvases."""
        count = len(self._figures)
        places: list[int | None] = [(self._first + slot) % count for slot in range(min(self._arrangement.shown, count))]
        if not self._arrangement.hero:
            return places
        main = next((place for place, figure in enumerate(self._figures) if figure.main), 0)
        small = [place for place in places if place != main]
        return [*(small[:_HERO_SLOT] or [None]), main, *small[_HERO_SLOT:]]


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
