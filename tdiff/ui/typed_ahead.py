"""Keys are obeyed one after the other, however fast they come.

Textual addresses a key to what has the focus when it arrives, and obeys its binding only after it has come back from
there. Over a slow line several arrive at once: "/cat" would open the prompt and then press c, a and t as commands, and
an enter behind them would be obeyed before the letters. So each key waits until the one before it has been obeyed.
"""

import time
from collections import deque
from typing import Any, Final

from textual.app import App
from textual.events import Event, Key, Paste

from tdiff.ui.events import Obeyed

_PATIENCE: Final = 0.5  # seconds: a widget that was taken away tells nobody that it is through


class TypedAhead(App[int]):
    """An app that obeys keys and pastes in order."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._typed: deque[Event] = deque()
        self._obeying: float | None = None  # since when

    @property
    def keys_waiting(self) -> bool:
        """Whether more was typed than has been obeyed: what the next key will change need not be shown."""
        return bool(self._typed)

    async def on_event(self, event: Event) -> None:
        """Address a key once the last one was obeyed; everything else goes its way."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._obeying is None:
            await self._address(event)
        else:
            self._typed.append(event)
            self.set_timer(_PATIENCE, self._give_up_waiting)

    async def on_obeyed(self) -> None:
        """The key was obeyed; what it asked to be called later comes first."""
        self.call_later(self._next)

    async def _address(self, event: Event) -> None:
        self._obeying = time.monotonic()
        target = self.focused or self.screen
        await super().on_event(event)
        target.post_message(Obeyed())

    async def _next(self) -> None:
        self._obeying = None
        if self._typed:
            await self._address(self._typed.popleft())

    async def _give_up_waiting(self) -> None:
        if self._obeying is not None and time.monotonic() - self._obeying >= _PATIENCE:
            await self._next()
