"""Leaving a terminal as it was found, whatever ends the program.

Textual restores the terminal when it is left in the ordinary way. A signal, a terminal that went away, or a quit that
waits for something leaves it raw, with mouse and paste modes on, or leaves the program running without a terminal.
"""

import os
import select
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Final

from tdiff.terminal.reset import RESET

try:
    import termios
except ImportError:  # Windows, where consoles have no attributes that could be left behind
    termios = None  # type: ignore[assignment]

SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT") if hasattr(signal, name)
)
QUIT_SECONDS: Final = 3.0
"""After this long a quit no longer waits for anything."""
_LOOK_MS: Final = 500
_WRITE_SECONDS: Final = 0.5
_AGAIN_SECONDS: Final = 0.001
_LOCAL_FLAGS: Final = 3  # their place among the attributes


@contextmanager
def guarded() -> Iterator[None]:
    """Guard the terminal on standard input while the body runs: signals and hang-ups end the program cleanly."""
    saved = attributes()
    before = {number: signal.signal(number, lambda n, f: _ended(n, f, saved)) for number in SIGNALS}
    over = threading.Event()
    threading.Thread(target=_watch, args=(saved, over), name="hang-up watcher", daemon=True).start()
    try:
        yield
    finally:
        over.set()
        for number, handler in before.items():
            signal.signal(number, handler)
        restore(saved)


def leave_within(seconds: float = QUIT_SECONDS) -> None:
    """From now on the program has so long to end by itself; the supervisor puts the attributes back."""

    def late() -> None:
        restore(None, force=True)
        os._exit(0)

    timer = threading.Timer(seconds, late)
    timer.daemon = True
    timer.start()


def restore(saved: list[Any] | None, force: bool = False, last_words: str = "") -> None:
    """Put the terminal's attributes back.

    Args:
        saved: what they were; None leaves them.
        force: also switch off every mode that may be on.
        last_words: a line for the person, said after that.
    """
    if force:
        with suppress(OSError):
            _write(f"{RESET}\r{last_words}\r\n".encode() if last_words else RESET.encode())
    if saved is not None and termios is not None:
        with suppress(termios.error, OSError):
            termios.tcsetattr(0, termios.TCSANOW, saved)


def take_back(saved: list[Any] | None, last_words: str) -> None:
    """Restore a terminal that the shell may have taken over already.

    The shell takes it when it sees that the program it started is gone. Then we are in the background, where a change
    of attributes would stop us; and a shell's line editor has set its own attributes, which are not ours to change.

    Args:
        saved: attributes from before.
        last_words: a line for the person.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
    now = attributes()
    taken = now is not None and now[_LOCAL_FLAGS] & termios.ISIG  # only a full-screen program gets ctrl+c as a key
    restore(None if taken else saved, force=True, last_words=last_words)


def attributes() -> list[Any] | None:
    """The attributes of the terminal on standard input; None if there is none, or the system has none."""
    if termios is None:
        return None
    try:
        return termios.tcgetattr(0)
    except (termios.error, OSError):
        return None


def _write(data: bytes) -> None:
    """Write to the terminal while it takes something, and no longer: nobody may be reading."""
    os.set_blocking(2, False)
    late = time.monotonic() + _WRITE_SECONDS
    try:
        while data and time.monotonic() < late and select.select([], [2], [], _WRITE_SECONDS)[1]:
            try:
                data = data[os.write(2, data) :]
            except BlockingIOError:  # what draws is writing at this moment
                time.sleep(_AGAIN_SECONDS)
            else:
                late = time.monotonic() + _WRITE_SECONDS
    finally:
        os.set_blocking(2, True)


def _ended(number: int, frame: FrameType | None, saved: list[Any] | None) -> None:
    """Restore and end at once: whatever the program waits for, a signal does not."""
    restore(saved, force=True)
    os._exit(128 + number)


def _watch(saved: list[Any] | None, over: threading.Event) -> None:
    """End the program when its terminal goes away; without one, Textual would spin for ever."""
    poll = select.poll()
    poll.register(0, 0)  # hang-ups and errors are always reported
    while not over.is_set():
        if poll.poll(_LOOK_MS) and not over.is_set():
            restore(saved, force=True)
            os._exit(128 + signal.SIGHUP)
