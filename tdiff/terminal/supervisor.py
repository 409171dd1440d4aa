"""A parent that does nothing but wait, so that a terminal is put right even after SIGKILL or a crash in C code."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from tdiff.terminal.guard import SIGNALS, attributes, restore


def supervised(program: Callable[[], int]) -> int:
    """Run a program in a child process and return its exit code, 128 + n if signal n ended it.

    The fork happens before anything heavy is imported, so that the parent stays small and starts at once.
    """
    saved = attributes()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        return program()

    def forward(number: int, frame: FrameType | None) -> None:
        with suppress(ProcessLookupError):
            os.kill(child, number)

    for number in SIGNALS:
        signal.signal(number, forward)
    status = _wait(child)
    if os.WIFSIGNALED(status):
        ended_by = signal.Signals(os.WTERMSIG(status))
        restore(saved, force=True)
        print(f"tdiff was ended by {ended_by.name}; the terminal is as before", file=sys.stderr)  # noqa: T201
        os._exit(128 + ended_by)
    restore(saved)
    os._exit(os.WEXITSTATUS(status))


def _wait(child: int) -> int:
    """Wait for the child's end; when it is suspended, so are we, for the shell to notice."""
    while True:
        try:
            _, status = os.waitpid(child, os.WUNTRACED)
        except InterruptedError:
            continue
        if not os.WIFSTOPPED(status):
            return status
        os.kill(os.getpid(), signal.SIGSTOP)
        os.kill(child, signal.SIGCONT)
