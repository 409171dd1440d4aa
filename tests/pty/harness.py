"""The real program on a pseudo-terminal, with a screen that understands what it draws."""

import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from fcntl import ioctl
from pathlib import Path

import pyte

_QUESTION = b"\x1b[6n"


class Program:
    """One run of `tdiff`, or of another Python program.

    Args:
        home: folder of its settings and state.
        size: columns and rows.
        command: what Python runs.
        answers: whether the terminal says where its cursor is when asked.
    """

    def __init__(
        self,
        home: Path,
        size: tuple[int, int] = (80, 24),
        command: tuple[str, ...] = ("-m", "tdiff"),
        answers: bool = False,
    ) -> None:
        self.answers = answers
        self.master, self.slave = pty.openpty()
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.output = b""
        self.resize(*size)
        self.before = termios.tcgetattr(self.slave)
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": str(home)}
        env |= {"XDG_STATE_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
        for name in ("NO_COLOR", "TMUX", "STY", "SSH_CONNECTION", "SSH_TTY"):
            env.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, *command],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            env=env,
            cwd=home,
            start_new_session=True,
        )

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal."""
        ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)
        if hasattr(self, "process"):
            os.killpg(self.process.pid, signal.SIGWINCH)

    def read(self, seconds: float = 0.05) -> None:
        """Take in what has been drawn."""
        if self.master < 0 or not select.select([self.master], [], [], seconds)[0]:
            return
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return
        asked = (self.output[-3:] + data).count(_QUESTION)
        self.output += data
        self._stream.feed(data)
        if self.answers and asked:
            os.write(self.master, b"\x1b[1;1R" * asked)

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.screen.display)

    def until(self, true: Callable[[], object], seconds: float = 60) -> None:
        """Read until something becomes true."""
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise AssertionError(f"never came; the screen shows:\n{self.text}")
            self.read()

    def shows(self, text: str) -> None:
        """Read until a text is on the screen."""
        self.until(lambda: text in self.text)

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.master, keys.encode())

    def ends(self, seconds: float = 30) -> int:
        """Wait for the end and return the exit code."""
        self.until(lambda: self.process.poll() is not None, seconds)
        for _ in range(20):
            self.read(0.02)
        return self.process.returncode

    @property
    def children(self) -> list[int]:
        """Process ids of its children."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(number) for number in path.read_text().split()]

    @property
    def state(self) -> str:
        """Its letter in the list of processes: T where it is stopped."""
        return Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0]

    def close(self) -> None:
        """End it, however it stands."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for handle in (self.master, self.slave):
            if handle >= 0:
                os.close(handle)
        self.master = self.slave = -1
