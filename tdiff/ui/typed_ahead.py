"""Keys are obeyed one after the other, however fast they come.

Textual addresses a key to what has the focus when it arrives, and obeys its binding only after it has come back from
there. Over a slow line several arrive at once: "/cat" would open the prompt and then press c, a and t as commands, and
an enter behind them would be obeyed before the letters. So each key waits until the one before it has been obeyed.
"""

import time
from collections import deque
from typing import Any, Final

from textual.app import App
from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.timer import Timer

from tdiff.ui.events import Obeyed

_LOOK_SECONDS: Final = 0.1
"""Between two looks at whether the widget that a key went to is still there: one that was taken away tells nothing."""
_STUCK_SECONDS: Final = 10.0
"""After which keys no longer wait for a widget, or nothing could be left that hangs."""


class TypedAhead(App[int]):
    """An app that obeys keys and pastes in order."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._typed: deque[Event] = deque()
        self._obeying: tuple[DOMNode, float] | None = None  # which widget, and since when
        self._looking: Timer | None = None

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
            self._look_soon()

    async def on_obeyed(self) -> None:
        """The key was obeyed; what it asked to be called later comes first."""
        self.call_later(self._next)

    async def _address(self, event: Event) -> None:
        target = self.focused or self.screen
        self._obeying = target, time.monotonic()
        await super().on_event(event)
        target.post_message(Obeyed())

    async def _next(self) -> None:
        self._obeying = None
        if self._typed:
            await self._address(self._typed.popleft())

    def _look_soon(self) -> None:
        if self._looking is None:
            self._looking = self.set_timer(_LOOK_SECONDS, self._look)

    async def _look(self) -> None:
        """Wait no longer for a widget that is gone; a busy one is waited for, however slow the machine."""
        self._looking = None
        if self._obeying is None:
            return
        target, since = self._obeying
        there = target.is_attached and target.is_running
        if not there or time.monotonic() - since >= _STUCK_SECONDS:
            await self._next()
        if self._typed:
            self._look_soon()
