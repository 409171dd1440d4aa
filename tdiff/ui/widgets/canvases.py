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
from tdiff.text import with_minus
from tdiff.ui.events import CanvasTurn, FrontChange
from tdiff.ui.layout import Plan
from tdiff.ui.widgets.clipping import clipped
from tdiff.ui.widgets.pixel_view import PixelView
from tdiff.views.figures import Figure

_LEAST_TITLE = 10
"""Cells that a title keeps, however long the number beside it."""
_EMPTY = np.full((32, 32, 3), 24, np.uint8)


class Pane(Vertical):
    """One picture under its title."""

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
    """

    def __init__(self, depth: Depth) -> None:
        super().__init__()
        self._title = Static("", classes="title", markup=False)
        self.view = PixelView(_EMPTY, depth)
        self._named = ("", "", "")

    def compose(self) -> ComposeResult:
        """Title over picture."""
        yield self._title
        yield self.view

    def show(self, figure: Figure, mark: str) -> None:
        """Show a figure; `mark` says which of how many it is."""
        named = (figure.title, figure.note, mark)
        if named != self._named:
            self._named = named
            self._title.update(heading(figure, mark, 32 * self.view.scale), layout=False)
        self.view.show(_EMPTY if figure.picture is None else figure.picture)

    def fit(self, scale: int, titled: bool) -> None:
        """Enlarge, and show or hide the title."""
        self._named = ("", "", "")  # what is cut to fit depends on the room
        self.view.scale = scale
        self.styles.width = 32 * scale
        self._title.display = titled


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
    """

    def __init__(self, depth: Depth, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._depth: Depth = depth
        self._figures: tuple[Figure, ...] = ()
        self._first = 0
        self._plan = Plan("beside")
        self._made: list[Pane] = []
        self.titled = True
        """Whether titles are shown."""
        self._told: tuple[object, ...] = ("", (), None)

    @property
    def turnable(self) -> bool:
        """Whether some figures are out of sight."""
        return len(self._figures) > self._plan.shown

    @property
    def front(self) -> Figure | None:
        """The first figure that is shown."""
        return self._figures[self._first % len(self._figures)] if self._figures else None

    @property
    def place(self) -> int:
        """Which figure that is, from 0."""
        return self._first % max(1, len(self._figures))

    async def fit(self, plan: Plan, titled: bool = True) -> None:
        """Arrange for a plan: canvases that are missing are made, those too many hidden."""
        self._plan, self.titled = plan, titled
        self.set_class(plan.stacked, "-stacked")
        while len(self._made) < plan.shown:
            canvas = Pane(self._depth)
            self._made.append(canvas)
            await self.mount(canvas)
        for place, canvas in enumerate(self._made):
            canvas.display = place < plan.shown
            canvas.fit(plan.scale, titled)
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
        if count and (place - self._first) % count >= self._plan.shown:
            self._first = max(0, place - self._plan.shown + 1)
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
        for slot, canvas in enumerate(self._made[: self._plan.shown]):
            canvas.visible = slot < count
            if slot < count:
                place = (self._first + slot) % count
                mark = f"{place + 1}/{count} tab" if self.turnable and slot == 0 else ""
                canvas.show(self._figures[place], mark)
        front = self._figures[self._first]
        if (front.title, front.parts, front.twin) != self._told:
            self._told = front.title, front.parts, front.twin
            self.post_message(FrontChange())


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
    return Content.assemble((clipped(title, room), "bold"), note, (turns, "dim"))
