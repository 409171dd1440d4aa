"""How much may be sent to a terminal before it has shown what it got.

Whatever is written is followed by a question for the cursor's position, `ESC[6n`. A terminal answers in order, so the
answer is a receipt. What went out and has no receipt yet is under way, and a key's echo queues behind it: so little
may be under way on a slow line, and as much as anyone likes on a fast one. Terminals that never answer are not paced.
"""

import time
from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Final

QUESTION: Final = "\x1b[6n"
"""Asks for the cursor's position (device status report)."""

_SECONDS: Final = 0.06  # of the line's time that a slice of pictures may take
_START: Final = 1 << 12  # bytes a slice, until the line is known
_LEAST, _MOST = 300, 1 << 20
_QUICK: Final = 0.12  # seconds: while receipts come faster, a second slice goes out before the first has one
_SILENT: Final = 1.0  # seconds without a first receipt: perhaps there will be none
_LOST: Final = 60.0  # seconds after which a receipt that was due is taken for lost
_TELLING: Final = 800  # bytes from which on a receipt tells about the line's rate


class Pacer:
    """Counts what is under way. Any thread may call it.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._under_way: deque[tuple[float, int]] = deque()  # when it was sent, bytes
        self._answered = False
        self._asked: float | None = None  # when for the first time
        self._last_receipt = 0.0
        self._took = 0.0
        self._travel = 0.0  # seconds that a receipt takes on an empty line
        self._rate: float | None = None  # bytes a second
        self._budget = _START

    def sent(self, count: int) -> None:
        """Bytes went out, with a question behind them."""
        with self._lock:
            now = self._clock()
            self._asked = now if self._asked is None else self._asked
            self._under_way.append((now, count))

    def received(self) -> None:
        """A receipt came."""
        now = self._clock()
        with self._lock:
            self._answered = True
            if not self._under_way:
                return
            sent, count = self._under_way.popleft()
            self._learn(now, sent, count)
            self._last_receipt = now

    @property
    def slice_bytes(self) -> int:
        """About how many bytes of picture may go out at once."""
        return _MOST if self._silent else self._budget

    @property
    def free(self) -> bool:
        """Whether more may be sent now."""
        with self._lock:
            self._forget()
            quick = self._took < _QUICK
            return len(self._under_way) < (2 if quick else 1)

    @property
    def awaiting(self) -> bool:
        """Whether a receipt is due from a terminal that gives receipts."""
        with self._lock:
            self._forget()
            return self._answered and bool(self._under_way)

    @property
    def _silent(self) -> bool:
        """Whether nobody answers; also true where nobody was ever asked."""
        return not self._answered and (self._asked is None or self._clock() - self._asked > _SILENT)

    def _learn(self, now: float, sent: float, count: int) -> None:
        queued = self._last_receipt > sent  # it waited behind another
        self._took = now - sent
        if not queued:
            self._travel = self._took if not self._travel else min(self._travel * 1.02, self._took)
        if count < _TELLING:
            return
        busy = now - self._last_receipt if queued else self._took - self._travel
        rate = count / max(busy, 0.001)
        self._rate = rate if self._rate is None else 0.5 * (self._rate + rate)
        self._budget = int(min(max(self._rate * _SECONDS, _LEAST), _MOST))

    def _forget(self) -> None:
        """Drop questions that will not be answered."""
        if self._silent:
            self._under_way.clear()
        while self._under_way and self._clock() - self._under_way[0][0] > _LOST:
            self._under_way.popleft()
