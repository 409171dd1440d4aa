"""tdiff with faults in it, run as a program: SIGUSR1 to the process that draws sets off the one that BREAKING names."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from textual.widget import Widget

import tdiff.ui.app
from tdiff.__main__ import main

SLOW = Path("slow")
"""While this file is there, saving takes long; the next one then says that it has begun."""
SAVING = Path("saving")
_SECONDS = 1.0


class _NotMounted(Widget):
    def on_mount(self) -> None:
        raise ValueError("broken while it was mounted")


class _NotRendered(Widget):
    DEFAULT_CSS = "_NotRendered { layer: _toastrack; width: 9; height: 3; }"

    def render(self) -> str:
        raise KeyError("broken while it was rendered")


def _broken() -> None:
    raise ZeroDivisionError("broken at work")


def _too_much() -> None:
    bytearray(1 << 62)


class Breaking(tdiff.ui.app.TdiffApp):
    """The explorer, waiting to be broken."""

    def on_mount(self) -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self._break)

    def _break(self) -> None:
        faults: dict[str, Callable[[], object]] = {
            "mount": lambda: self.screen.mount(_NotMounted()),
            "render": lambda: self.screen.mount(_NotRendered()),
            "timer": lambda: self.set_timer(0.01, _broken),
            "worker": lambda: self.screen.run_worker(_broken, thread=True),
            "memory": lambda: self.set_timer(0.01, _too_much),
            "memory in a worker": lambda: self.screen.run_worker(_too_much, thread=True),
        }
        faults[os.environ["BREAKING"]]()


def _slow(flush: Callable[[int], None]) -> Callable[[int], None]:
    def slowly(handle: int) -> None:
        if SLOW.exists():
            SAVING.touch()
            time.sleep(_SECONDS)
        flush(handle)

    return slowly


if __name__ == "__main__":
    tdiff.ui.app.TdiffApp = Breaking
    os.fsync = _slow(os.fsync)
    main()
