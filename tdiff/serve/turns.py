"""One after another, in the order they came: what a model can do only once at a time."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from tdiff.errors import TdiffError

_LOOK_SECONDS: Final = 1.0
"""How often one that waits is asked whether it still wants to."""


class BusyError(TdiffError):
    """Too many wait already."""

    kind = "busy"


class EndingError(TdiffError):
    """The server ends, and takes no more turns."""

    kind = "ending"


class Turns:
    """A queue for one model.

    Args:
        most: how many may stand in it, the one whose turn it is among them.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._queue: deque[object] = deque()
        self._changed = threading.Condition()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether no turn begins any more, and the one that has begun should end."""
        return self._closed

    @property
    def length(self) -> int:
        """How many stand in it, the one whose turn it is among them."""
        return len(self._queue)

    @contextmanager
    def turn(self, waiting: Callable[[int], None]) -> Iterator[None]:
        """Wait for one's turn and hold it.

        Args:
            waiting: called about once a second with how many are in front; what it raises gives the place up.

        Raises:
            BusyError: too many wait already.
            EndingError: the queue was closed.
        """
        place = object()
        with self._changed:
            if self._closed:
                raise EndingError("the server is ending")
            if len(self._queue) >= self._most:
                raise BusyError(f"{len(self._queue)} requests wait already", remedy="try again later")
            self._queue.append(place)
        try:
            while in_front := self._in_front(place):
                waiting(in_front)
            if self._closed:
                raise EndingError("the server is ending")
            yield
        finally:
            with self._changed:
                self._queue.remove(place)
                self._changed.notify_all()

    def close(self, seconds: float) -> bool:
        """Begin no more turns, and wait for the last one.

        Returns:
            Whether it ended in that time.
        """
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._queue, seconds)

    def _in_front(self, place: object) -> int:
        """Wait a moment for one's turn, and return how many are still in front."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._queue[0] is place, _LOOK_SECONDS)
            return 0 if self._closed else self._queue.index(place)
