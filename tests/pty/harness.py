"""The real program on a pseudo-terminal, with a screen that understands what it draws."""

import os
import pty
import re
import select
import shlex
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Collection, Mapping
from fcntl import ioctl
from pathlib import Path

import pyte

_QUESTION = b"\x1b[6n"
_MODES = {
    b"1000": "mouse", b"1002": "mouse drag", b"1003": "mouse moves", b"1006": "mouse SGR", b"1015": "mouse urxvt",
    b"1016": "mouse pixels", b"1004": "focus", b"1049": "alternate screen", b"2004": "paste", b"2048": "resize",
    b"2026": "synchronised",
}  # fmt: skip
_OFF_MODES = {b"25": "cursor hidden", b"7": "no wrap"}
_SOMEONES = ("NO_COLOR", "TMUX", "STY", "SSH_CONNECTION", "SSH_TTY", "LC_ALL")


PATIENCE = float(os.environ.get("TDIFF_PATIENCE", "120"))
"""Seconds that a test waits for something to come; more where a machine is busy with other things."""


def children_of(process: int) -> list[int]:
    """Process ids of a process's children."""
    return [int(number) for number in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def lives(process: int) -> bool:
    """Whether a process runs still; one that nobody has waited for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _environment(home: Path, changes: Mapping[str, str | None]) -> dict[str, str]:
    """A usual terminal's, with all that is kept in one folder."""
    env = {name: value for name, value in os.environ.items() if name not in _SOMEONES}
    env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "HOME": str(home), "PS1": "$ "}
    env |= {name: str(home) for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")}
    env |= {name: value for name, value in changes.items() if value is not None}
    return {name: value for name, value in env.items() if name not in changes or changes[name] is not None}


def of_session(session: int) -> list[int]:
    """Process ids of what still runs in a session."""
    running = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, found = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(found) == session and state != "Z":
            running.append(int(folder.name))
    return running


def _prepare(controlling: bool, ignored: Collection[signal.Signals]) -> None:
    """Between fork and exec: make standard input the controlling terminal of the new session; ignore signals."""
    if controlling:
        ioctl(0, termios.TIOCSCTTY, 0)
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


class Program:
    """One run of `tdiff`, or of another Python program.

    Args:
        home: folder of its settings and state.
        size: columns and rows.
        command: what Python runs.
        answers: whether the terminal says where its cursor is when asked.
        shell: let an interactive shell run the command, so that it has a terminal of its own and job control.
        env: changes to the environment; None takes a variable out.
        controlling: make the terminal the one that controls the program, which is told when it hangs up; a shell's is.
        ignored: signals that the program is started with ignored, as by `nohup`.
    """

    def __init__(
        self,
        home: Path,
        size: tuple[int, int] = (80, 24),
        command: tuple[str, ...] = ("-m", "tdiff"),
        answers: bool = False,
        shell: bool = False,
        env: Mapping[str, str | None] | None = None,
        controlling: bool = False,
        ignored: Collection[signal.Signals] = (),
    ) -> None:
        self.answers = answers
        self.master, self.slave = pty.openpty()
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.output = b""
        self.resize(*size)
        self.before = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(
            ["bash", "--norc", "--noprofile", "--noediting", "-i"] if shell else [sys.executable, *command],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            env=_environment(home, env or {}),
            cwd=home,
            start_new_session=True,
            preexec_fn=lambda: _prepare(shell or controlling, ignored),
        )
        if shell:
            self.until(lambda: "$ " in self.text)
            self.press(shlex.join([sys.executable, *command]) + "\r")

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal."""
        ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)
        if hasattr(self, "process"):
            os.killpg(self.process.pid, signal.SIGWINCH)

    def read(self, seconds: float = 0.05) -> None:
        """Take in what has been drawn."""
        if self.master < 0:  # it has hung up
            time.sleep(seconds)
            return
        if not select.select([self.master], [], [], seconds)[0]:
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

    def settle(self, seconds: float = 0.2) -> None:
        """Take in all that has been drawn; one read takes a few kilobytes, and more may wait behind them."""
        seen = -1
        while seen != len(self.output):
            seen = len(self.output)
            self.read(seconds)

    def overlook(self, seconds: float = 0.05) -> None:
        """Take in what has been drawn without looking at it, which is much quicker for large screens."""
        while select.select([self.master], [], [], seconds)[0]:
            os.read(self.master, 1 << 20)

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.screen.display)

    def until(self, true: Callable[[], object], seconds: float = PATIENCE) -> None:
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

    def ends(self, seconds: float = PATIENCE) -> int:
        """Wait for the end and return the exit code."""
        self.until(lambda: self.process.poll() is not None, seconds)
        self.settle(0.1)
        return self.process.returncode

    @property
    def modes_left_on(self) -> list[str]:
        """Names of the modes that were switched on and not off again."""
        last = {}
        for modes, turn in re.findall(rb"\x1b\[\?([\d;]+)([hl])", self.output):
            last |= dict.fromkeys(modes.split(b";"), turn)
        left = [_MODES[mode] for mode, turn in last.items() if mode in _MODES and turn == b"h"]
        left += [_OFF_MODES[mode] for mode, turn in last.items() if mode in _OFF_MODES and turn == b"l"]
        deep = len(re.findall(rb"\x1b\[>\d+u", self.output)) - len(re.findall(rb"\x1b\[<u", self.output))
        return left + ["kitty keyboard"] * (deep > 0)

    @property
    def sane(self) -> bool:
        """Whether the terminal is as it was: its attributes, and every mode."""
        return termios.tcgetattr(self.slave) == self.before and not self.modes_left_on

    @property
    def job(self) -> int:
        """Process id of the shell's job."""
        return children_of(self.process.pid)[0]

    @property
    def children(self) -> list[int]:
        """Process ids of its children."""
        return children_of(self.process.pid)

    @property
    def survivors(self) -> list[int]:
        """Process ids of all that runs still, of it and of what it started."""
        return of_session(self.process.pid)

    def hang_up(self) -> None:
        """Close the terminal, as by closing its window."""
        for handle in (self.master, self.slave):
            os.close(handle)
        self.master = self.slave = -1

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


def ready(program: Program) -> Program:
    """Wait until lesson 1 and the model are there."""
    program.shows("Four squares of static")
    program.until(lambda: "sprite-32" in program.text or "shows every key" in program.text)  # the model is there
    return program
