"""The controller's port into a bench: what it asks for is done with the widgets there."""

from collections.abc import Callable, Hashable, Iterator
from typing import TYPE_CHECKING, Final

from textual.timer import Timer

from tdiff.pipeline import Pipeline
from tdiff.prompt.understand import TextRole
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.guidance_slider import GuidanceSlider
from tdiff.ui.widgets.guide import Guide
from tdiff.ui.widgets.prompt_field import PromptField
from tdiff.ui.widgets.status_lines import CaptionLine
from tdiff.ui.worker import Worker

if TYPE_CHECKING:
    from tdiff.ui.screens.bench_screen import BenchScreen

PLAY_SECONDS: Final = 0.15
"""Between two steps of play."""


class BenchPort:
    """A `tdiff.ui.control.port.Port`.

    Args:
        screen: the bench.
    """

    def __init__(self, screen: "BenchScreen") -> None:
        self._screen = screen
        self.worker = Worker(screen, "view")
        """Computes what the view wants."""
        self._playing: Timer | None = None

    def draw(self) -> None:
        """Show all as it is now."""
        self._screen.drawing.draw()

    def draw_soon(self) -> None:
        """The same within a frame's time."""
        self._screen.drawing.draw_soon()

    @property
    def pipeline(self) -> Pipeline | None:
        """The loaded model; None while it is loading."""
        return self._screen.app.pipeline

    @property
    def said(self) -> str:
        """What is said at the moment."""
        return self._screen.query_one(CaptionLine).said

    @property
    def turnable(self) -> bool:
        """Whether some canvases are out of sight."""
        return self._screen.query_one(Canvases).turnable

    @property
    def room(self) -> tuple[int, int]:
        """Columns and rows of text that the guide shows at once."""
        return self._screen.query_one(Guide).room

    def say(self, text: str, trouble: bool = False) -> None:
        """Say something of the moment."""
        self._screen.query_one(CaptionLine).notice(text, trouble)

    def bring(self, place: int) -> None:
        """Put a canvas in front, where it would be out of sight."""
        self._screen.query_one(Canvases).bring(place)

    def reveal(self, place: int) -> None:
        """Turn as far as it takes to bring a canvas in sight."""
        self._screen.query_one(Canvases).reveal(place)

    def compute(self, source: object, wish: Hashable, states: Callable[[], Iterator[object]]) -> None:
        """Compute in a thread."""
        self.worker.go(source, wish, states)

    def stop(self) -> None:
        """Give up what is being computed."""
        self.worker.stop()

    def tick(self, on: bool) -> None:
        """Let the controller play, or no more."""
        if self._playing is not None:
            self._playing.stop()
        self._playing = self._screen.set_interval(PLAY_SECONDS, self._screen.controller.movement.tick) if on else None

    def edit(self, role: TextRole) -> None:
        """Let prompt or negative be written."""
        self._screen.query_one(f"#{role}", PromptField).edit()

    def leave(self, role: TextRole) -> None:
        self._screen.query_one(f"#{role}", PromptField).leave()

    def slide(self) -> None:
        """Give the keys to the guidance slider."""
        self._screen.set_focus(self._screen.query_one(GuidanceSlider))
