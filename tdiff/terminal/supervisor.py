"""Two processes, either of which puts the terminal right when the other one is killed.

The parent does nothing but wait for the child, which draws: it restores the terminal even after SIGKILL or a crash in C
code. The child holds one end of a pipe whose other end only the parent has: when that end closes, the parent is gone,
and the child restores the terminal and leaves too. Where both are killed at once a note is left (see `unrestored`).
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, Final

from tdiff.terminal.guard import SIGNALS, attributes, restore, take_back
from tdiff.terminal.unrestored import forget, note

_FORWARDED: Final = (*SIGNALS, *([signal.SIGTSTP] if hasattr(signal, "SIGTSTP") else []))
_SETTLED: Final = 0.05  # seconds after which a child that was stopped and continued in one go is no longer stopped


def supervised(program: Callable[[], int]) -> int:
    """Run a program in a child process and return its exit code, 128 + n if signal n ended it.

    The fork happens before anything heavy is imported, so that the parent stays small and starts at once.
    """
    saved = attributes()
    note(saved)
    sys.stdout.flush()
    sys.stderr.flush()
    lifeline, held = os.pipe()  # neither is passed on to other programs
    child = os.fork()
    if child == 0:
        os.close(held)
        threading.Thread(target=_outlive, args=(lifeline, saved), name="parent watcher", daemon=True).start()
        return program()
    os.close(lifeline)

    def forward(number: int, frame: FrameType | None) -> None:
        with suppress(ProcessLookupError):
            os.kill(child, number)

    for number in _FORWARDED:
        signal.signal(number, forward)
    status = _wait(child)
    if os.WIFSIGNALED(status):
        ended_by = signal.Signals(os.WTERMSIG(status))
        restore(saved, force=True, last_words=f"tdiff was ended by {ended_by.name}; the terminal is as before")
        forget()
        os._exit(128 + ended_by)
    restore(saved)
    forget()
    os._exit(os.WEXITSTATUS(status))


def _outlive(lifeline: int, saved: list[Any] | None) -> None:
    """Wait until the parent is gone, which nothing but the end of the pipe tells; then restore and leave."""
    os.read(lifeline, 1)
    take_back(saved, "tdiff was killed; the terminal is as before")
    forget()
    os._exit(128 + signal.SIGKILL)


def _wait(child: int) -> int:
    """Wait for the child's end; when it is suspended, so are we, for the shell to notice."""
    while True:
        try:
            _, status = os.waitpid(child, os.WUNTRACED)
        except InterruptedError:
            continue
        if not os.WIFSTOPPED(status):
            return status
        time.sleep(_SETTLED)
        if os.waitid(os.P_PID, child, os.WCONTINUED | os.WNOHANG) is not None:
            continue  # a signal to the whole group continued it while we looked: nobody would continue us
        os.kill(os.getpid(), signal.SIGSTOP)
        os.kill(child, signal.SIGCONT)
