"""The keys of a view that has its own, in the place where the keys of the bench are named otherwise."""

from collections.abc import Sequence
from itertools import compress

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from tdiff.ui.widgets.key_footer import fitting
from tdiff.views.view import Hint

_HELP: Hint = ("?", "keys")
_GAP = "  "


class ViewKeys(Static):
    """One row: each key, and what it does there."""

    DEFAULT_CSS = """
    ViewKeys {
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
        self._hints: tuple[Hint, ...] = ()

    def show(self, hints: Sequence[Hint]) -> None:
        if tuple(hints) != self._hints:
            self._hints = tuple(hints)
            self._draw()

    def on_resize(self) -> None:
        """More or fewer of them."""
        self._draw()

    def _draw(self) -> None:
        hints = (*self._hints, _HELP)
        room = (self.size.width or self.screen.size.width - 2) + len(_GAP)
        shown = fitting([cell_len(f"{key} {does}") + len(_GAP) for key, does in hints], room)
        self.update(Content(_GAP).join(map(_marked, compress(hints, shown))), layout=False)


def _marked(hint: Hint) -> Content:
    """A key in the colour that keys have everywhere, and what it does."""
    key, does = hint
    return Content.assemble((key, "bold $footer-key-foreground"), f" {does}")
