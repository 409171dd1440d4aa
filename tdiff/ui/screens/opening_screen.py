"""What is seen while the benches are being imported: the lesson bar, and what is going on."""

import time

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Key
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from tdiff.lessons.core.loader import titles
from tdiff.ui.widgets.lesson_bar import LessonBar


class OpeningScreen(Screen[None]):
    """Painted at once; keys for lessons and quitting work already.

    Args:
        lesson: that will be opened.
        said: what is going on.
    """

    DEFAULT_CSS = """
    OpeningScreen > Static {
        width: 1fr;
        height: 1fr;
        content-align: center middle;
        color: $text-muted;
    }
    """

    def __init__(self, lesson: int, said: str) -> None:
        super().__init__()
        self._said = said
        self._lesson = lesson
        self._counting: Timer | None = None
        self.keys: list[str] = []
        """Pressed too early; the bench gets them."""

    def on_key(self, event: Key) -> None:
        """Keep a key for the bench."""
        self.keys.append(event.key)

    def compose(self) -> ComposeResult:
        bar = LessonBar(dict(titles()))
        bar.current = self._lesson
        yield bar
        yield Static(Content(self._said), markup=False)

    def on_mount(self) -> None:
        """Count the seconds: a checkpoint of gigabytes takes many."""
        began = time.monotonic()

        def count() -> None:
            self.query_one(Static).update(Content(f"{self._said} {time.monotonic() - began:.0f} s"))

        self._counting = self.set_interval(1, count)

    def on_screen_suspend(self) -> None:
        """Another screen is in front: nothing is left to wait for."""
        if self._counting is not None:
            self._counting.stop()
