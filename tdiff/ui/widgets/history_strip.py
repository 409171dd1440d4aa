"""The newest pictures of the studio at its right edge, where the terminal is wide enough."""

from asyncio import Lock
from contextlib import suppress

from textual.containers import Vertical

from tdiff.errors import TdiffError
from tdiff.render.palette import Depth
from tdiff.store.history import History
from tdiff.ui.widgets.thumbnail import HEIGHT, Thumbnail

LEAST = (190, 50)
"""Columns and rows of the screen from which on it is shown."""
_ABREAST = 2


class HistoryStrip(Vertical):
    """Thumbnails, newest first, as many as fit; a click brings one back.

    Args:
        history: where they are kept.
        depth: colour depth of the terminal.
    """

    DEFAULT_CSS = """
    HistoryStrip {
        layout: grid;
        grid-size: 2;
        grid-columns: 17;
        grid-rows: 9;
        height: 1fr;
        padding: 1 0 0 1;
        overflow: hidden;
        display: none;
    }
    """

    def __init__(self, history: History, depth: Depth) -> None:
        super().__init__(id="strip")
        self._history, self._depth = history, depth
        self._filling = Lock()

    async def on_mount(self) -> None:
        """Show what there is."""
        await self.fill()

    async def on_resize(self) -> None:
        """As many as fit."""
        await self.fill()

    async def fill(self) -> None:
        async with self._filling:
            room = _ABREAST * (self.size.height // HEIGHT)
            entries = []
            with suppress(TdiffError):  # the gallery says what is wrong
                entries = self._history.newest(room) if room else []
            if [entry.id for entry in entries] == [item.entry.id for item in self.query(Thumbnail)]:
                return
            await self.remove_children()
            await self.mount_all([Thumbnail(entry, self._depth) for entry in entries])
