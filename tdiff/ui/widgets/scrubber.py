"""The scrubber: a dot for each step, the cursor among them, and how much each step changed."""

from collections.abc import Sequence
from itertools import groupby

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tdiff.views.places import WORDS, spans, sparkline

_LABEL = 46  # columns kept for the numbers on the right
_NARROW = 40  # columns below which numbers stand alone


class Scrubber(Widget):
    """Shows how far a run has come; a click or a drag on a dot moves the cursor there."""

    DEFAULT_CSS = """
    Scrubber {
        height: 1;
    }
    """
    ALLOW_SELECT = False

    class Moved(Message):
        """The pointer asks for a place: 0 … total, where total is the finished picture."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.total, self.done, self.cursor = 20, -1, 0
        self.noise_level: float | None = 1.0
        self.changes: tuple[float, ...] = ()
        self.words = WORDS
        self._dragging = False

    def show(
        self,
        total: int,
        done: int,
        cursor: int,
        noise_level: float | None,
        changes: Sequence[float],
        words: tuple[str, str] = WORDS,
    ) -> None:
        """Show a state of the run.

        Args:
            total: steps it takes.
            done: the last place that needs no computing; -1 where nothing was done.
            cursor: where it is.
            noise_level: σ there, 0 … 1; None where places are no steps.
            changes: mean absolute change of the clean guess between steps.
            words: what a place is called, and what the bars show.
        """
        state = (total, done, cursor, noise_level, tuple(changes))
        if (state, words) != ((self.total, self.done, self.cursor, self.noise_level, self.changes), self.words):
            self.total, self.done, self.cursor, self.noise_level, self.changes = state
            self.words = words
            self.refresh()

    @property
    def started(self) -> bool:
        """Whether there is anything to go back to."""
        return self.done >= 0

    def render(self) -> Content:
        """Dots, then numbers where there is room."""
        dots = groupby(self._dot(first, last) for first, last in self._cells())
        runs = [(dot[0] * len(list(run)), dot[1]) for dot, run in dots]  # a run is drawn in one go, not dot by dot
        line = Content.assemble(" ", *(runs if self.total else ()), f"  {self._said()}")  # 0: nothing to move along
        room = self.size.width - line.cell_length - 10
        if self.changes and room >= 4:
            line = Content.assemble(line, f"   {self.words[1]} ", (sparkline(self.changes, min(room, 24)), "$accent"))
        return line

    def _dot(self, first: int, last: int) -> tuple[str, str]:
        """Character and style of the dot for the places from first up to last."""
        if first <= self.cursor < last:
            return "◉", "bold $accent"
        return ("●", "$foreground") if first <= self.done and self.started else ("○", "dim")

    def _said(self) -> str:
        if self.noise_level is None:
            if self.size.width < _NARROW and self.total:
                return f"{self.cursor + 1}/{self.total + 1}"
            named = f"{self.words[0]}   " if self.words[0] != WORDS[0] else ""
            return f"{named}{self.cursor + 1} of {self.total + 1}" if self.total else ""
        if self.words[0] != "step":
            return f"{self.words[0]} {self.cursor + 1} of {self.total + 1}   noise {self.noise_level:.0%}"
        if self.cursor >= self.total:
            return f"done in {self.total} step{'s' * (self.total != 1)}"
        if self.size.width < _NARROW:
            return f"{self.cursor + self.started}/{self.total} {self.noise_level:.0%}"
        where = f"step {self.cursor + 1} of {self.total}" if self.started else f"{self.total} steps"
        return f"{where}   noise {self.noise_level:.0%}"

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a drag."""
        self._dragging = True
        self.capture_mouse()
        self._point(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag."""
        if self._dragging:
            self._point(event.x)

    def on_mouse_up(self) -> None:
        """End a drag."""
        self._dragging = False
        self.release_mouse()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """On."""
        event.stop()
        self._roll(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Back."""
        event.stop()
        self._roll(-1)

    def _roll(self, by: int) -> None:
        place = min(max(self.cursor + by, 0), self.total)
        if self.started and place != self.cursor:
            self.post_message(self.Moved(place))

    def _cells(self) -> list[tuple[int, int]]:
        """The places that each dot stands for; the last dot is the finished picture."""
        room = max(8, min(self.total + 1, self.size.width - _LABEL if self.size.width >= 70 else self.size.width - 14))
        return spans(self.total + 1, room)

    def _point(self, x: int) -> None:
        spans = self._cells()
        cell = min(max(x - 1, 0), len(spans) - 1)
        first, last = spans[cell]
        place = first if not first <= self.cursor < last else self.cursor
        if place != self.cursor:
            self.post_message(self.Moved(place))
