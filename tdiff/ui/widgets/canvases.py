"""The canvases: as many pictures side by side as there is room for, each under its title."""

from collections.abc import Sequence

from textual.containers import Container
from textual.events import Click

from tdiff.render.palette import Depth
from tdiff.ui.events import CanvasTurn, FrontChange
from tdiff.ui.layout import Arrangement
from tdiff.ui.widgets.pane import Pane
from tdiff.views.figures import Figure

_HERO_SLOT = 1  # of the canvases: one small one stands before it, so that a grid puts it to the right of both


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
    Canvases.-pairs {
        grid-size: 2 2;
        padding: 0 17;
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
        self.set_class(self.has_class("-tiles") and arrangement.across == 2, "-pairs")
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
