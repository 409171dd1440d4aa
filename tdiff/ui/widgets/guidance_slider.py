"""The guidance slider: w over the range that a recipe allows (`GUIDANCE_RANGE` there), by keys, digits and mouse."""

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tdiff.recipe import GUIDANCE_RANGE
from tdiff.text import with_minus
from tdiff.ui.events import GuidanceChange

_LOW, _HIGH = GUIDANCE_RANGE
_TICKS = (0.0, 1.0)  # ignores the prompt; plain conditional


class GuidanceSlider(Widget, can_focus=True):
    """One row: name, track, value."""

    HELP = """\
# Guidance w

How hard the picture is pushed from what the negative says to what the prompt says:
`ε̂ = ε̂_neg + w·(ε̂_pos − ε̂_neg)`. At 0 the prompt is ignored, at 1 it is followed plainly and a negative
does nothing, above 1 it is exaggerated, below 0 fled.
"""

    BINDINGS = [
        Binding("left,down,h", "nudge(-0.5)", "−0.5", tooltip="less guidance"),
        Binding("right,up,l", "nudge(0.5)", "+0.5", tooltip="more guidance"),
        Binding("shift+left,shift+down,comma", "nudge(-0.1)", "−0.1", show=False),
        Binding("shift+right,shift+up,full_stop", "nudge(0.1)", "+0.1", show=False),
        Binding("home", f"put({_LOW:g})", "least", show=False),
        Binding("end", f"put({_HIGH:g})", "most", show=False),
        Binding("0", "put(0)", "w = 0", show=False),
        Binding("1", "put(1)", "w = 1", show=False),
        Binding("escape,enter,g", "leave", "back"),
    ]

    DEFAULT_CSS = """
    GuidanceSlider {
        height: 1;
        width: 1fr;
        min-width: 16;
    }
    GuidanceSlider:focus {
        background: $boost;
    }
    """
    ALLOW_SELECT = False

    value: reactive[float] = reactive(4.0)
    """w."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._dragging = False

    def render(self) -> Content:
        """A track with ticks at 0 and 1 and a knob."""
        label, number = self._label(), f"{with_minus(f'{self.value:.1f}'):>5} "
        room = self._room()
        knob = self._cell(self.value)
        ticks = {self._cell(tick) for tick in _TICKS}
        before = "".join("┿" if x in ticks else "━" for x in range(knob))
        after = "".join("┼" if x in ticks else "─" for x in range(knob + 1, room))
        style = "bold" if self.has_focus else ""
        return Content.assemble(
            (label, style), (before, "$accent"), ("█" if self.has_focus else "●", "bold $accent"), (after, "dim"),
            (number, "bold"),
        )  # fmt: skip

    def action_nudge(self, by: float) -> None:
        self._set(self.value + by)

    def action_put(self, value: float) -> None:
        """Move to a value."""
        self._set(value)

    def action_leave(self) -> None:
        """Give the keys back to the screen."""
        self.screen.set_focus(None)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a drag, unless it is on the name or the value."""
        if 0 <= event.x - len(self._label()) < self._room():
            self._dragging = True
            self.capture_mouse()
            self._point(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragging:
            self._point(event.x)

    def on_mouse_up(self) -> None:
        self._dragging = False
        self.release_mouse()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._set(self.value + 0.5)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._set(self.value - 0.5)

    def _label(self) -> str:
        return " guidance w " if self.size.width >= 34 else " w "

    def _room(self) -> int:
        return max(4, self.size.width - len(self._label()) - 6)

    def _cell(self, value: float) -> int:
        return round((value - _LOW) / (_HIGH - _LOW) * (self._room() - 1))

    def _point(self, x: int) -> None:
        share = (x - len(self._label())) / max(self._room() - 1, 1)
        self._set(round((_LOW + share * (_HIGH - _LOW)) * 2) / 2)

    def _set(self, value: float) -> None:
        value = round(min(max(value, _LOW), _HIGH), 1) + 0.0
        if value != self.value:
            self.value = value
            self.post_message(GuidanceChange(value))
