"""Textual's driver, asking the terminal for a receipt of what it was sent, and safe to stop and continue."""

import asyncio
import time
from codecs import getincrementaldecoder
from typing import Any

from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import CursorPosition
from textual.message import Message

from tdiff.terminal.pacer import QUESTION, Pacer
from tdiff.terminal.pasted import PastedEscapes
from tdiff.ui.events import Receipt

_WORTH_ASKING = 32  # bytes: less is a mode switch or a cursor move
_LAST_WORDS = 0.3  # seconds to wait for receipts before the shell would get them


class KeyDecoder:
    """Bytes of the keyboard to text: what is no UTF-8 is replaced, and pasted escapes are made visible."""

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")(errors="replace")
        self._pasted = PastedEscapes()

    def decode(self, data: bytes, final: bool = False) -> str:
        """Decode the next piece."""
        return self._pasted.feed(self._decoder.decode(data, final))


# Textual reads keys with a decoder that raises: one byte that is no UTF-8 would end the program. Its input loop offers
# no other place to say what is to be done with it.
setattr(linux_driver, "getincrementaldecoder", lambda name: KeyDecoder)  # noqa: B010 - a name that it imports


class PacedDriver(LinuxDriver):
    """Tells the app's pacer what went out and what came back.

    Textual suspends and resumes in the middle of whatever a signal interrupts, such as a write that holds the lock
    which the suspending needs too; and it takes any continuation for the end of a suspension, and so starts twice after
    SIGSTOP. Here signals only tell the event loop, and what runs is stopped before it starts again.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asking = False
        self._started = False
        self._suspending = False
        self._loop = asyncio.get_running_loop()

    @property
    def _pacer(self) -> Pacer:
        pacer: Pacer = self._app.pacer  # type: ignore[attr-defined]
        return pacer

    def write(self, data: str) -> None:
        """Write, with a question behind it; nothing while another program has the terminal."""
        if not self._started:
            return
        if not self._asking or len(data) < _WORTH_ASKING:
            super().write(data)
            return
        self._pacer.sent(len(data.encode()))
        super().write(data + QUESTION)

    def process_message(self, message: Message) -> None:
        """Take receipts out of what comes in; this runs in the input thread."""
        if isinstance(message, CursorPosition):
            self._pacer.received()
            message = Receipt()
        super().process_message(message)

    def start_application_mode(self) -> None:
        """Begin to ask: at once, so that the line is known before pictures go out."""
        self._started = True
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._started = self._key_thread is not None and self._key_thread.is_alive()  # not while in the background
        if self._started:
            self._asking = True
            self._pacer.sent(0)
            super().write(QUESTION)

    def stop_application_mode(self) -> None:
        """Leave the terminal; a second time does nothing."""
        if self._started:
            super().stop_application_mode()
            self._started = False

    def _sigtstp_application(self, *_: Any) -> None:
        """Ask to be suspended; a signal to the whole group comes twice, from the parent too."""
        if not self._suspending:
            self._suspending = True
            self._loop.call_soon_threadsafe(self._suspend)

    def _sigcont_application(self, *_: Any) -> None:
        """Ask to go on after a stop that we were not asked about."""
        if not self._suspending:
            self._loop.call_soon_threadsafe(self._go_on)

    def _suspend(self) -> None:
        """Give the terminal back, stop, and take it again once continued."""
        super()._sigtstp_application()  # returns when somebody continues us
        self._go_on()
        self._suspending = False

    def _go_on(self) -> None:
        """Take the terminal, whose modes anyone may have changed meanwhile."""
        if self._auto_restart:
            if self._started:
                self.suspend_application_mode()
                self._must_signal_resume = True  # which has everything painted again
            self.resume_application_mode()

    def disable_input(self) -> None:
        """Ask no more, and let what was asked be answered while somebody listens."""
        self._asking = False
        end = time.monotonic() + _LAST_WORDS
        while self._pacer.awaiting and time.monotonic() < end:
            time.sleep(0.005)
        super().disable_input()
