"""The explorer measured as a person has it: the real program on a pseudo-terminal, beside a bare Textual app.

Usage: python benchmarks/explorer.py [PART ...], of first-paint, first-step, keys, training, links, quit, studio: all
by default.
"""

import argparse
import atexit
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections import deque
from collections.abc import Callable
from fcntl import ioctl

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("READY")
    def on_mount(self):
        self.set_interval(3600, lambda: None)
Bare().run()
"""
TDIFF = [sys.executable, "-m", "tdiff"]
_QUESTION = b"\x1b[6n"


def _loaded(seen: bytes) -> bool:
    """Whether the model is there: the caption names it, or the first run's greeting stands in its place."""
    return b"sprite-32" in seen or b"every key" in seen


class Program:
    """One run of a program on a pseudo-terminal."""

    def __init__(self, command: list[str], size: tuple[int, int], home: str) -> None:
        master, slave = pty.openpty()
        ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": home}
        env |= {"XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home}
        for name in ("NO_COLOR", "TMUX", "SSH_CONNECTION", "SSH_TTY"):
            env.pop(name, None)
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True, close_fds=True
        )
        os.close(slave)
        self.master = master
        self.seen = self.cut = b""
        atexit.register(self.kill)  # a benchmark that fails must leave nothing running

    def read(self, seconds: float) -> bytes:
        """Return what comes within some time, b"" if nothing does."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return b""
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return b""
        asked = (self.cut + data).count(_QUESTION)  # a question may come in two parts
        self.cut = (self.cut + data)[-len(_QUESTION) + 1 :]
        if asked:
            os.write(self.master, b"\x1b[1;1R" * asked)
        self.seen += data
        return data

    def until(self, true: Callable[[bytes], bool], seconds: float = 30) -> float:
        """Read until what has come since now makes something true; returns the seconds it took."""
        start, self.seen = time.perf_counter(), b""
        while time.perf_counter() - start < seconds:
            self.read(0.05)
            if true(self.seen):
                return time.perf_counter() - start
        raise TimeoutError(f"not within {seconds} s")

    def idle(self, seconds: float = 0.4) -> None:
        """Read until nothing comes for a while."""
        while self.read(seconds):
            pass

    def settled(self, mark: bytes, quiet: float = 0.3) -> float:
        """Read until nothing comes for a while; returns the seconds until the last that holds a mark."""
        start, last = time.perf_counter(), 0.0
        while data := self.read(quiet):
            if mark in data:
                last = time.perf_counter() - start
        if not last:
            raise TimeoutError(f"{mark.decode()} never came")
        return last

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.master, keys.encode())

    def kill(self) -> None:
        """End it, however it stands."""
        atexit.unregister(self.kill)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.master)


def quantile(values: list[float], share: float) -> float:
    """The value below which a share of them lies."""
    return sorted(values)[min(len(values) - 1, round(share * (len(values) - 1)))]


def first_paint(home: str, runs: int) -> None:
    """From the start of the process to the first drawn text, in turns with a bare app."""
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(runs):
        for command, text, into in (
            ([sys.executable, "-c", BARE], b"READY", bare),
            (TDIFF, b"Denoise", ours),
        ):
            program = Program(command, (80, 24), home)
            program.until(lambda seen, text=text: text in seen)
            into.append(time.perf_counter() - program.began)
            program.kill()
    a, b = statistics.median(ours), statistics.median(bare)
    print(f"first paint: {a:.2f} s, a bare Textual app {b:.2f} s: {a / b:.2f} × (must ≤ 1.5)")


def first_step(home: str, runs: int) -> None:
    """From the first press of space to the step on screen."""
    taken = []
    for _ in range(runs):
        program = Program([*TDIFF, "--lesson", "1"], (80, 24), home)
        program.until(lambda seen: b"Denoise" in seen)
        program.until(_loaded)
        program.idle()
        program.press(" ")
        taken.append(program.until(lambda seen: b"step 1 of" in seen or (b"step" in seen and b"noise" in seen)))
        program.kill()
    print(f"first step: median {statistics.median(taken) * 1000:.0f} ms, worst {max(taken) * 1000:.0f} ms (must ≤ 150)")


def keys(home: str, presses: int) -> None:
    """A key's echo while three canvases play at full load at 120×36."""
    program = Program([*TDIFF, "--lesson", "5"], (120, 36), home)
    program.until(_loaded)
    program.idle()
    for _ in range(14):
        program.press("+")  # a thousand steps
    program.idle()
    program.press("x\r")
    program.until(lambda seen: re.search(rb"step \d+ of 1000", seen) is not None)
    taken = echoes(program, 10 * presses, 0.11, [("v", b"prediction as")])
    program.kill()
    print(f"key to screen: median {statistics.median(taken) * 1000:.0f} ms, p95 {quantile(taken, 0.95) * 1000:.0f} ms")


def echoes(program: Program, count: int, pause: float, keys: list[tuple[str, bytes]]) -> list[float]:
    """Press keys in turn, each with a pattern of what it puts on screen; return the seconds each took."""
    taken = []
    for number in range(count):
        end = time.perf_counter() + pause + 0.013 * (number % 7)
        while time.perf_counter() < end:
            program.read(0.005)
        key, echo = keys[number % len(keys)]
        program.press(key)
        taken.append(program.until(lambda seen, echo=echo: re.search(echo, seen) is not None))
    return taken


def training(home: str, presses: int) -> None:
    """A key's echo while lesson 2 trains a network at full load at 80×24."""
    program = Program([*TDIFF, "--lesson", "2"], (80, 24), home)
    program.until(_loaded)
    program.idle()
    for _ in range(11):
        program.press("]")  # the last card but the quiz: train one yourself
        program.idle(0.2)
    program.press("l")
    program.until(lambda seen: b"learning rate" in seen)
    program.press("p")
    taken = echoes(program, 10 * presses, 0.2, [("-", rb"0\.001(?!\d)"), ("+", rb"0\.002(?!\d)")])
    program.kill()
    median, slow = statistics.median(taken) * 1000, quantile(taken, 0.95) * 1000
    print(f"key to screen while training: median {median:.0f} ms, p95 {slow:.0f} ms (must ≤ 50)")


class Link:
    """A slow line between a program and its terminal, with as much buffer as it wants: the worst case.

    Args:
        program: what sends.
        rate: bytes a second towards the terminal.
        round_trip: seconds there and back.
    """

    def __init__(self, program: Program, rate: float, round_trip: float) -> None:
        self.program, self.rate, self.way = program, rate, round_trip / 2
        self.free_at = 0.0
        self.coming: deque[tuple[float, bytes]] = deque()  # when it arrives at the terminal, what
        self.going: deque[tuple[float, bytes]] = deque()  # when it arrives at the program, what
        self.tail = self.seen = b""

    def press(self, keys: str) -> None:
        """Type at the terminal."""
        self.going.append((time.perf_counter() + self.way, keys.encode()))

    def turn(self) -> None:
        """Move along what is due."""
        if select.select([self.program.master], [], [], 0.001)[0]:
            data = os.read(self.program.master, 65536)
            for start in range(0, len(data), 128):
                piece = data[start : start + 128]
                self.free_at = max(self.free_at, time.perf_counter()) + len(piece) / self.rate
                self.coming.append((self.free_at + self.way, piece))
        while self.coming and self.coming[0][0] <= time.perf_counter():
            piece = self.coming.popleft()[1]
            asked = (self.tail + piece).count(b"\x1b[6n") - self.tail.count(b"\x1b[6n")
            self.tail = (self.tail + piece)[-3:]
            self.seen += piece
            if asked:
                self.going.append((time.perf_counter() + self.way, b"\x1b[1;1R" * asked))
        while self.going and self.going[0][0] <= time.perf_counter():
            os.write(self.program.master, self.going.popleft()[1])

    def until(self, text: bytes, seconds: float) -> float:
        """Move along until the terminal has got a text; returns the seconds it took."""
        start, self.seen = time.perf_counter(), b""
        while text not in self.seen:
            if time.perf_counter() - start > seconds:
                raise TimeoutError(f"not within {seconds} s; {len(self.coming)} pieces under way")
            self.turn()
        return time.perf_counter() - start

    def idle(self, seconds: float) -> None:
        """Move along for a while."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.turn()

    def quiet(self) -> float:
        """Move along until nothing has been under way for two seconds; returns the seconds until then."""
        start = last = time.perf_counter()
        while time.perf_counter() - last < 2:
            self.turn()
            last = time.perf_counter() if self.coming or self.going else last
        return last - start


def links(home: str, presses: int) -> None:
    """A key's echo over slow lines of 40 ms round trip, while three canvases play at full load at 120×36."""
    for name, rate, limit in (("1 Mbit/s", 125_000, 0.25), ("64 kbit/s", 8_000, 1.0), ("9.6 kbit/s", 1_200, 3.0)):
        program = Program([*TDIFF, "--lesson", "5"], (120, 36), home)
        link = Link(program, rate, 0.04)
        began = link.quiet()
        link.press("+" * 14 + "x")
        link.quiet()
        link.press("\r")
        link.idle(5)
        taken = []
        for number in range(presses * 2):
            link.idle(0.3 + 0.05 * (number % 7))
            link.press("v")
            taken.append(link.until(b"prediction as", 60))
        program.kill()
        median, slow = statistics.median(taken) * 1000, quantile(taken, 0.95) * 1000
        print(
            f"key to screen at {name}: median {median:.0f} ms, p95 {slow:.0f} ms (must ≤ {limit * 1000:.0f})", end="; "
        )
        print(f"first screen complete after {began:.1f} s")


def quit_time(home: str, runs: int) -> None:
    """From q to the end of the process, at moments of sampling."""
    taken = []
    for number in range(runs):
        program = Program([*TDIFF, "--lesson", "5"], (120, 36), home)
        program.until(_loaded)
        program.press("+++++++++x\r")
        time.sleep(0.1 + 0.03 * (number % 10))
        start = time.perf_counter()
        program.press("q")
        while program.process.poll() is None and time.perf_counter() - start < 10:
            program.read(0.005)
        taken.append(time.perf_counter() - start)
        program.kill()
    median, worst = statistics.median(taken) * 1000, max(taken) * 1000
    print(f"quit: median {median:.0f} ms, worst of {runs} {worst:.0f} ms (must ≤ 500)")


def studio(home: str, presses: int) -> None:
    """From the last key of a prompt to its finished picture."""
    program = Program([*TDIFF, "--lesson", "5"], (120, 36), home)
    program.until(_loaded)
    program.idle()
    program.press("/")
    program.idle()
    taken = []
    for number in range(presses):
        program.press("\x15a red ca")  # ctrl+u, then all but the last letter
        program.idle(0.3)
        program.press("rt"[number % 2])
        taken.append(program.settled("▀".encode()))
    program.kill()
    median, slow = statistics.median(taken) * 1000, quantile(taken, 0.95) * 1000
    print(f"studio: median {median:.0f} ms, p95 {slow:.0f} ms (must ≤ 250)")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--runs", type=int, default=10)
    options = parser.parse_args()
    table = {
        "first-paint": first_paint,
        "first-step": first_step,
        "keys": keys,
        "training": training,
        "links": links,
        "quit": quit_time,
        "studio": studio,
    }
    with tempfile.TemporaryDirectory() as home:
        for name in options.parts or table:
            table[name](home, options.runs)


if __name__ == "__main__":
    main()
