"""What is seen while the benches are being imported: the lesson bar, and what is going on."""

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Key
from textual.screen import Screen
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
