"""The keys of a stage, in the place where the keys of the bench are named while none is open."""

import re
from itertools import compress

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from tdiff.ui.widgets.key_footer import fitting

_KEYS = re.compile(r"(?:(?:enter|space|tab|esc|or|[a-z]–[a-z]|\S),? )+")
"""What an item begins with: keys by name or as one character."""
_BETWEEN = "   "
_GAP = "  "


class StageKeys(Static):
    """One row: each item of a hint, its keys marked."""

    DEFAULT_CSS = """
    StageKeys {
        dock: bottom;
        height: 1;
        padding: 0 1;
        background: $footer-background;
        color: $footer-foreground;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self.hint = ""

    def show(self, hint: str) -> None:
        """Name the keys of a hint such as "p train, pause   r anew   l closes"."""
        if hint != self.hint:
            self.hint = hint
            self._draw()

    def on_resize(self) -> None:
        """More or fewer of them."""
        self._draw()

    def _draw(self) -> None:
        items = [item.strip() for item in (*self.hint.split(_BETWEEN), "? keys")]
        room = (self.size.width or self.screen.size.width - 2) + len(_GAP)
        shown = fitting([cell_len(item) + len(_GAP) for item in items], room)
        self.update(Content(_GAP).join(map(_marked, compress(items, shown))), layout=False)


def _marked(item: str) -> Content:
    """An item with its keys in the colour that keys have everywhere."""
    found = _KEYS.match(item)
    keys = found[0] if found else ""
    return Content.assemble((keys, "bold $footer-key-foreground"), item[len(keys) :])
