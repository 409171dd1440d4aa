"""A line of text that takes any paste: as one line, cut to what it may hold, and said so."""

from rich.text import Text
from textual import events
from textual.widgets import Input

from tdiff.text import clean_in_place, clean_text, without_escapes
from tdiff.ui.events import LongPaste

_PASTE_LIMIT = 20_000  # characters looked at


class OneLine(Input):
    """An input with a `max_length`, which shows any character literally and keeps it as it is."""

    def cleaned(self, text: str) -> str:
        """A pasted text as it is taken: one line of words."""
        return clean_text(" ".join(without_escapes(text).split()), _PASTE_LIMIT)

    @property
    def _value(self) -> Text:
        """What Textual draws of the value."""
        drawn = super()._value
        drawn.plain = clean_in_place(drawn.plain)
        return drawn

    def _on_paste(self, event: events.Paste) -> None:
        """Take a pasted text as one cleaned line, cut to what fits."""
        event.stop()
        event.prevent_default()
        limit = self.max_length or _PASTE_LIMIT
        text = self.cleaned(event.text[:_PASTE_LIMIT])
        room = limit - len(self.value) + len(self.selected_text)
        start, end = self.selection
        self.replace(text[: max(room, 0)], start, end)
        if len(text) > room:
            self.post_message(LongPaste(len(event.text), limit))  # after the change, whose own note it replaces
