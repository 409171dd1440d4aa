"""A picture that was made, at half size over a line of its prompt."""

import numpy as np
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tdiff.arrays import U8
from tdiff.render.palette import Depth
from tdiff.store.history import Entry
from tdiff.text import clean_text
from tdiff.ui.events import ThumbnailClick
from tdiff.ui.widgets.pixel_view import PixelView

WIDTH, HEIGHT = 17, 9
"""Cells of a thumbnail, the gap beside it included."""


def halved(entry: Entry) -> U8:
    """A picture at half size, (16, 16, 3)."""
    full = np.frombuffer(entry.pixels, np.uint8).reshape(16, 2, 16, 2, 3)
    small: U8 = full.mean((1, 3)).astype(np.uint8)
    return small


class Thumbnail(Vertical):
    """One picture, marked while it is chosen."""

    DEFAULT_CSS = """
    Thumbnail {
        width: 17;
        height: 9;
    }
    Thumbnail > Static {
        width: 16;
        height: 1;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        color: $text-muted;
    }
    Thumbnail.-chosen > Static {
        text-style: bold reverse;
    }
    """

    def __init__(self, entry: Entry, depth: Depth) -> None:
        super().__init__()
        self.entry, self._depth = entry, depth

    def compose(self) -> ComposeResult:
        """Picture over a line of its prompt."""
        yield PixelView(halved(self.entry), self._depth)
        yield Static(Content(clean_text(self.entry.recipe.prompt, 40) or "(no prompt)"), markup=False)

    def on_click(self) -> None:
        self.post_message(ThumbnailClick(self))
