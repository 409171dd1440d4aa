"""Of two processes, the one that is not killed puts the terminal right; where both are, the next tdiff says so."""

import os
import signal
import sys
import termios
from pathlib import Path

import pytest

from tests.pty.harness import Program, children_of, lives, ready

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_the_child_restores_the_terminal_when_its_parent_is_killed(start, number: signal.Signals) -> None:
    program = ready(start())
    (child,) = program.children
    program.press("p")
    os.kill(program.process.pid, number)
    program.until(lambda: not lives(child))
    program.settle()
    assert program.sane
    assert "the terminal is as before" in program.output.decode("utf-8", "replace")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_under_a_shell_that_has_the_terminal_again_at_once(start, number: signal.Signals) -> None:
    program = ready(start(shell=True))
    parent = program.job
    (child,) = children_of(parent)
    os.kill(parent, number)
    program.until(lambda: not lives(child))
    program.press("echo ty''ped; stty -a\r")  # whole in what the shell says alone, which may stand behind a late prompt
    program.until(lambda: "typed\r\n" in program.output.decode("utf-8", "replace"))
    program.until(lambda: {"icanon", "isig", "echo", "icrnl"} <= set(program.text.split()))
    assert not program.modes_left_on


def test_a_suspended_one_whose_parent_is_killed_leaves_nothing_running(start) -> None:
    program = ready(start(shell=True))
    parent = program.job
    (child,) = children_of(parent)
    program.press("\x1a")
    program.until(lambda: "Stopped" in program.text)
    os.kill(parent, signal.SIGKILL)
    program.until(lambda: not lives(child))
    assert not program.modes_left_on


def both_killed(start, tmp_path: Path) -> Program:
    """A shell whose tdiff is gone without having restored anything."""
    program = ready(start(shell=True))
    program.settle()  # or an escape would be cut in two
    parent = program.job
    (child,) = children_of(parent)
    assert os.getpgid(child) == parent
    os.killpg(parent, signal.SIGKILL)  # at once, or one of them would be quick enough
    program.until(lambda: not lives(child) and not lives(parent))
    # until the shell has the terminal: what is typed before comes as the killed one would have got it
    program.until(lambda: termios.tcgetattr(program.slave) == program.before and program.output.endswith(b"$ "))
    assert program.modes_left_on
    return program


def test_after_both_were_killed_the_next_command_says_so_and_reset_terminal_mends_it(start, tmp_path: Path) -> None:
    program = both_killed(start, tmp_path)
    program.press(f"{sys.executable} -m tdiff --version\r")
    program.until(lambda: b"reset-terminal" in program.output)
    assert program.modes_left_on
    program.press(f"{sys.executable} -m tdiff reset-terminal\r")
    program.until(lambda: not program.modes_left_on)
    program.output = b""
    program.press(f"{sys.executable} -m tdiff --version; echo en''d\r")
    program.until(lambda: b"end" in program.output)
    assert b"reset-terminal" not in program.output


def test_after_both_were_killed_the_next_explorer_mends_it_and_says_so(start, tmp_path: Path) -> None:
    program = both_killed(start, tmp_path)
    program.output = b""
    program.screen.reset()  # what the killed one drew is no sign of the next
    program.press(f"{sys.executable} -m tdiff\r")
    program.until(lambda: b"an earlier tdiff was killed in this terminal" in program.output)
    ready(program)
    program.press("q")
    program.until(lambda: b"\x1b[?1049l" in program.output.partition(b"Four squares")[2])
    program.until(lambda: not program.modes_left_on)
    program.until(lambda: list((tmp_path / "tdiff" / "terminals").iterdir()) == [])


def test_reset_terminal_makes_a_raw_terminal_sane(start) -> None:
    program = start(command=("-c", "import tty, subprocess, sys; tty.setraw(0); "
                             "subprocess.run([sys.executable, '-m', 'tdiff', 'reset-terminal'])"))  # fmt: skip
    assert program.ends() == 0
    now = termios.tcgetattr(program.slave)
    wanted = termios.ISIG | termios.ICANON | termios.ECHO | termios.IEXTEN
    assert now[3] & wanted == wanted and now[0] & termios.ICRNL and now[1] & termios.OPOST
