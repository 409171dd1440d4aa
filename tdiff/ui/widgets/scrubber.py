"""The scrubber: a dot for each step, the cursor among them, and how much each step changed."""

from itertools import groupby

from textual import events
from textual.content import Content
from textual.widget import Widget

from tdiff.ui.events import PlaceChoice
from tdiff.views.places import WORDS, spans, sparkline
from tdiff.views.view import Track

_LABEL = 46  # columns kept for the numbers on the right
_WIDE, _LEVELS = 120, 12  # columns from which on the noise levels are drawn, and of their bars
_NARROW = 40  # columns below which numbers stand alone


class Scrubber(Widget):
    """Shows how far a run has come; a click or a drag on a dot moves the cursor there."""

    DEFAULT_CSS = """
    Scrubber {
        height: 1;
    }
    """
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.track = Track(total=20, done=-1, noise_level=1.0)
        """What is shown."""
        self._dragging = False

    def show(self, track: Track) -> None:
        """Show where a view is."""
        if track != self.track:
            self.track = track
            self.refresh()

    def render(self) -> Content:
        """Dots, then numbers where there is room."""
        dots = groupby(self._dot(first, last) for first, last in self._cells())
        runs = [(dot[0] * len(list(run)), dot[1]) for dot, run in dots]  # a run is drawn in one go, not dot by dot
        line = Content.assemble(
            " ", *(runs if self.track.total else ()), f"  {self._said()}"
        )  # 0: nothing to move along
        if self.track.levels and self.size.width >= _WIDE:
            line = Content.assemble(line, " ", (sparkline(self.track.levels, _LEVELS, 1.0), "dim"))
        room = self.size.width - line.cell_length - 10
        if self.track.bars and room >= 4:
            bars = sparkline(self.track.bars, min(room, 24))
            line = Content.assemble(line, f"   {self.track.words[1]} ", (bars, "$accent"))
        return line

    def _dot(self, first: int, last: int) -> tuple[str, str]:
        """Character and style of the dot for the places from first up to last."""
        if first <= self.track.cursor < last:
            return "◉", "bold $accent"
        return ("●", "$foreground") if first <= self.track.done and self.track.started else ("○", "dim")

    def _said(self) -> str:
        track, narrow = self.track, self.size.width < _NARROW
        where, places = track.cursor + 1, track.total + 1
        if track.noise_level is None:
            if narrow and track.total:
                return f"{where}/{places}"
            named = f"{track.words[0]}   " if track.words[0] != WORDS[0] else ""
            return f"{named}{where} of {places}" if track.total else ""
        noise = f"{track.noise_level:.0%}"
        if track.words[0] != WORDS[0]:
            return f"{track.words[0]} {where} of {places}   noise {noise}"
        if track.cursor >= track.total:
            return f"done in {track.total} step{'s' * (track.total != 1)}"
        if narrow:
            return f"{track.cursor + track.started}/{track.total} {noise}"
        return f"{f'step {where} of {track.total}' if track.started else f'{track.total} steps'}   noise {noise}"

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
        place = min(max(self.track.cursor + by, 0), self.track.total)
        if self.track.started and place != self.track.cursor:
            self.post_message(PlaceChoice(place))

    def _cells(self) -> list[tuple[int, int]]:
        """The places that each dot stands for; the last dot is the finished picture."""
        room = max(
            8, min(self.track.total + 1, self.size.width - _LABEL if self.size.width >= 70 else self.size.width - 14)
        )
        return spans(self.track.total + 1, room)

    def _point(self, x: int) -> None:
        spans = self._cells()
        cell = min(max(x - 1, 0), len(spans) - 1)
        first, last = spans[cell]
        place = first if not first <= self.track.cursor < last else self.track.cursor
        if place != self.track.cursor:
            self.post_message(PlaceChoice(place))
