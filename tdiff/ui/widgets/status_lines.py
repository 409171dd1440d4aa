"""What the pictures are and how to make them again: caption, notice, command."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tdiff.text import with_minus
from tdiff.ui.widgets.clipping import clipped
from tdiff.views.shown_command import ShownCommand

_CORNERS = "▘▝▖▗"
"""Where each picture of an overview is, in reading order."""
_GAP = "   "
_LEAST = 8
"""Cells that a name keeps, however narrow the line."""
_COMMAND_LEAST = 40
"""Cells that a notice beside a command leaves to it; a longer notice has the line to itself."""


class CaptionLine(Static):
    """Names the model, and says `measured` where there is room; a notice takes its place until the next action."""

    DEFAULT_CSS = """
    CaptionLine {
        height: 1;
        padding: 0 1;
        color: $text-muted;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    CaptionLine.-notice {
        color: $text-accent;
    }
    CaptionLine.-trouble {
        color: $text-error;
        text-style: bold;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self._caption = ""
        self._notice = ""

    @property
    def text(self) -> str:
        """What is shown."""
        return self._notice or self._caption

    @property
    def said(self) -> str:
        """What is said of the moment; "" for nothing."""
        return self._notice

    def caption(self, text: str) -> None:
        """Say what the pictures are."""
        if text != self._caption:
            self._caption = text
            self._draw()

    def notice(self, text: str, trouble: bool = False) -> None:
        """Say something of the moment; "" takes it away."""
        if text == self._notice == "":
            return
        self._notice = text
        self.set_class(bool(text) and not trouble, "-notice")
        self.set_class(bool(text) and trouble, "-trouble")
        if isinstance(self.parent, Widget):
            room = self.parent.size.width - _COMMAND_LEAST  # negative before anything is laid out
            self.parent.set_class(0 < room < cell_len(text), "-noticed")
        self._draw()

    def _draw(self) -> None:
        mark = "! " if self.has_class("-trouble") else "› "
        self.update(Content(f"{mark}{self._notice}" if self._notice else self._caption))


class CommandLine(Static):
    """The command that makes the same picture, or why there is none; a click copies it."""

    DEFAULT_CSS = """
    CommandLine {
        height: 1;
        padding: 0 1;
        color: $text-muted;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        pointer: pointer;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self._command = ShownCommand()
        self._parts: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """The command; "" where there is none."""
        return self._command.command

    def show(self, command: ShownCommand, parts: tuple[str, ...] = ()) -> None:
        """Show a command, or in its place what the quarters of an overview are, none of which it makes."""
        if (command, parts) != (self._command, self._parts):
            self._command, self._parts = command, parts
            self._draw()

    def _draw(self) -> None:
        parts = [with_minus(part) for part in self._parts[: len(_CORNERS)]]
        between = len(parts) * len(f"{_CORNERS[0]} ") + (len(parts) - 1) * len(_GAP)
        rooms = shared([cell_len(part) for part in parts], (self.size.width or 78) - between)
        named = (f"{corner} {clipped(part, room)}" for corner, part, room in zip(_CORNERS, parts, rooms, strict=False))
        self.update(Content(_GAP.join(named) if parts else str(self._command)), layout=False)

    async def on_click(self) -> None:
        """Copy it, as its key does."""
        await self.run_action("screen.press('copy')")


def shared(wanted: Sequence[int], room: int) -> list[int]:
    """Share out the cells of a line among texts: what short ones leave goes to the long ones.

    Args:
        wanted: how many cells each has.
        room: how many there are.
    """
    rooms = [0] * len(wanted)
    for rank, place in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        rooms[place] = min(wanted[place], max(_LEAST, room // (len(wanted) - rank)))
        room -= rooms[place]
    return rooms
