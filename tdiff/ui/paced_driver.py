"""Textual's driver, asking the terminal for a receipt of what it was sent."""

import time
from codecs import getincrementaldecoder
from typing import Any

from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import CursorPosition
from textual.message import Message

from tdiff.terminal.pacer import QUESTION, Pacer
from tdiff.terminal.pasted import PastedEscapes

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
linux_driver.getincrementaldecoder = lambda name: KeyDecoder


class Receipt(Message):
    """The terminal has shown something; there may be room for more."""


class PacedDriver(LinuxDriver):
    """Tells the app's pacer what went out and what came back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asking = False

    @property
    def _pacer(self) -> Pacer:
        pacer: Pacer = self._app.pacer  # type: ignore[attr-defined]
        return pacer

    def write(self, data: str) -> None:
        """Write, with a question behind it."""
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
        super().start_application_mode()
        self._asking = True
        self._pacer.sent(0)
        super().write(QUESTION)

    def disable_input(self) -> None:
        """Ask no more, and let what was asked be answered while somebody listens."""
        self._asking = False
        end = time.monotonic() + _LAST_WORDS
        while self._pacer.awaiting and time.monotonic() < end:
            time.sleep(0.005)
        super().disable_input()
