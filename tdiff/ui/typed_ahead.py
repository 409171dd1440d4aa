"""Keys typed before the focus moved go to where it moved to.

Textual addresses a key when it arrives. Over a slow line several arrive at once: "/cat" would open the prompt and
then press c, a and t as commands, because all four were addressed before the first was obeyed.
"""

from textual.app import App
from textual.events import Event, Key, Paste
from textual.widgets import Input


class TypedAhead(App[int]):
    """An app whose text fields get what was typed right after they were opened."""

    async def on_event(self, event: Event) -> None:
        """Give a text field what came up to the app without having been there: a field takes every letter it meets."""
        field = self.focused if event.is_forwarded else None
        letters = isinstance(event, Paste) or (isinstance(event, Key) and event.is_printable)
        if letters and isinstance(field, Input):
            field.post_message(event)
        else:
            await super().on_event(event)
