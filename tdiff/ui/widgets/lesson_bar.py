"""The row that names every lesson and shows where you are."""

from textual.content import Content
from textual.events import Click, MouseMove
from textual.reactive import reactive
from textual.widget import Widget

from tdiff.ui.events import LessonChoice


class LessonBar(Widget):
    """Always visible; a click or a digit opens a lesson.

    Args:
        titles: number → short title.
    """

    DEFAULT_CSS = """
    LessonBar {
        height: 1;
        background: $panel;
        color: $foreground;
        pointer: pointer;
    }
    """

    current: reactive[int] = reactive(1)
    """Number of the lesson that is open."""

    place: reactive[str] = reactive("")
    """Where in it, such as "3/9"."""

    def __init__(self, titles: dict[int, str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._titles = titles

    def render(self) -> Content:
        """The titles, the open one marked by brackets as well as by weight."""
        parts: list[Content | tuple[str, str]] = []
        for number, title in self._titles.items():
            here = number == self.current
            parts.append((f"[{number} {title}]" if here else f" {number} {title} ", "bold reverse" if here else ""))
        left = Content.assemble(*parts)
        gap = self.size.width - left.cell_length - len(self.place) - 1
        return left + Content(" " * max(gap, 1) + self.place) if gap > 0 else left

    def on_click(self, event: Click) -> None:
        """Open the lesson under the pointer."""
        number = self._at(event.x)
        if number is not None:
            self.post_message(LessonChoice(number))

    def on_mouse_move(self, event: MouseMove) -> None:
        """Say which key does the same."""
        number = self._at(event.x)
        self.tooltip = None if number is None else f"{self._titles[number]}: key {number}"

    def _at(self, x: int) -> int | None:
        for number, title in self._titles.items():
            x -= len(title) + 4
            if x < 0:
                return number
        return None
