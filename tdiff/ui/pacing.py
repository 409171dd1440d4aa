"""What waits here for room on a slow line: rows of pictures, and drawing that a newer step would only repeat.

The newest picture wins, and the last one always comes out whole. On a fast line nothing waits.
"""

from collections.abc import Callable
from typing import Final, Protocol

from tdiff.terminal.pacer import Pacer

_WRITTEN: Final = 1 / 50  # seconds after which Textual has written what was refreshed
_PATIENCE: Final = 0.25  # seconds between looks at a line that says nothing
_FAST: Final = 200_000  # bytes: more than a screenful of pictures

Later = Callable[[float, Callable[[], None]], object]


class Waiting(Protocol):
    """Something with rows to show."""

    def show_some(self, room: int) -> int:
        """Show waiting rows worth about so many bytes, at least one; returns their bytes, 0 if none waited."""


class Pacing:
    """Gives room to widgets and screens in turn.

    Args:
        pacer: knows the line.
        later: calls a function in so many seconds.
    """

    def __init__(self, pacer: Pacer, later: Later) -> None:
        self._pacer, self._later = pacer, later
        self._views: list[Waiting] = []
        self._drawing: list[Callable[[], None]] = []
        self._promised = False  # room was given that may not have been written to yet
        self._looking = False  # a timer runs
        self._rows_next = True

    @property
    def needless(self) -> bool:
        """Whether pictures may go out as they come."""
        return self._pacer.slice_bytes >= _FAST

    def offer(self, view: Waiting) -> None:
        """Let a widget show its rows when there is room."""
        if view not in self._views:
            self._views.append(view)
        self.go_on()

    def when_free(self, draw: Callable[[], None]) -> None:
        """Call this when there is room: now, or once later however often it was asked for."""
        if draw not in self._drawing:
            self._drawing.append(draw)
        self.go_on()

    def go_on(self) -> None:
        """Give room to those who wait, if there is any: to rows and to drawing by turns."""
        if not (self._views or self._drawing):
            return
        if self._promised or not self._pacer.free:
            self._look_again(_WRITTEN if self._promised else _PATIENCE)
            return
        if not self.needless:
            self._promised = True
            self._look_again(_WRITTEN)
        if self._drawing and not (self._views and self._rows_next):
            self._rows_next = True
            drawing, self._drawing = self._drawing, []
            for draw in drawing:
                draw()
        else:
            self._rows_next = False
            self._show_rows()

    def _show_rows(self) -> None:
        room = self._pacer.slice_bytes
        while self._views and room > 0:
            shown = self._views[0].show_some(room)
            room -= shown
            if not shown:
                self._views.pop(0)

    def _look_again(self, seconds: float) -> None:
        if not self._looking:
            self._looking = True
            self._later(seconds, self._looked)

    def _looked(self) -> None:
        self._looking = self._promised = False
        self.go_on()
