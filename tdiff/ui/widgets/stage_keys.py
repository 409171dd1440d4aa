"""The keys of a stage, in the place where the keys of the bench are named while none is open."""

import re

from textual.content import Content
from textual.widgets import Static

_KEYS = re.compile(r"(?:(?:enter|space|tab|esc|or|[a-z]–[a-z]|\S),? )+")
"""What an item begins with: keys by name or as one character."""
_BETWEEN = "   "


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
            items = [item.strip() for item in (*hint.split(_BETWEEN), "? keys")]
            self.update(Content("  ").join(map(_marked, items)), layout=False)


def _marked(item: str) -> Content:
    """An item with its keys in the colour that keys have everywhere."""
    found = _KEYS.match(item)
    keys = found[0] if found else ""
    return Content.assemble((keys, "bold $footer-key-foreground"), item[len(keys) :])
