"""The footer of a bench: whole entries only, and the way to all keys always."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.events import Resize
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

_AROUND = 3
"""Cells of an entry besides its key and its name."""


def fitting(widths: Sequence[int], room: int) -> list[bool]:
    """Which of some entries are shown in a row of so many cells: the last one first, then from the left what fits."""
    if not widths:
        return []
    room -= widths[-1]
    shown: list[bool] = []
    for width in widths[:-1]:
        shown.append(width <= room)
        room -= width if shown[-1] else 0
    return [*shown, True]


class KeyFooter(Footer):
    """Textual's footer, without entries that would be cut; the last one, help, is always there."""

    def compose(self) -> ComposeResult:
        """The keys that fit."""
        self.mutate_reactive(Footer.compact)  # Textual lets go of entries that are gone only when this is set
        keys = list(super().compose())
        self._show([key for key in keys if isinstance(key, FooterKey)], self.size.width or self.screen.size.width)
        yield from keys

    def on_resize(self, event: Resize) -> None:
        """More or fewer of them."""
        self._show(list(self.query(FooterKey)), event.size.width)

    def _show(self, keys: Sequence[FooterKey], room: int) -> None:
        widths = [cell_len(key.key_display) + cell_len(key.description) + _AROUND for key in keys]
        for key, shown in zip(keys, fitting(widths, room), strict=True):
            key.display = shown
