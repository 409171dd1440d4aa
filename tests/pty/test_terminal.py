"""Whatever ends the explorer, the terminal is as it was, and nothing is left running."""

import os
import select
import signal
import sys
import termios
from pathlib import Path

import pytest

from tdiff.terminal.reset import RESET
from tests.pty.harness import Program, ready

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")


@pytest.fixture
def program(start) -> Program:
    return ready(start())


def test_it_opens_steps_and_is_left_by_q(program: Program) -> None:
    assert "[1 Denoise]" in program.text
    program.press(" ")
    program.shows("step 1 of 20")
    program.press("q")
    assert program.ends() == 0
    assert b"\x1b[?1049l" in program.output
    assert termios.tcgetattr(program.slave) == program.before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
def test_a_signal_ends_it_with_a_sane_terminal(program: Program, number: signal.Signals) -> None:
    program.press("p")
    os.kill(program.process.pid, number)
    assert program.ends() == 128 + number
    assert RESET.encode() in program.output
    assert termios.tcgetattr(program.slave) == program.before


def test_a_child_that_is_killed_leaves_a_sane_terminal(program: Program) -> None:
    (child,) = program.children
    os.kill(child, signal.SIGKILL)
    assert program.ends() == 137
    assert RESET.encode() in program.output
    assert "SIGKILL" in program.output.decode("utf-8", "replace")
    assert termios.tcgetattr(program.slave) == program.before


def test_when_the_terminal_goes_away_nothing_is_left_running(program: Program) -> None:
    (child,) = program.children
    os.close(program.slave)
    os.close(program.master)
    program.master = program.slave = -1
    program.process.wait(20)
    assert not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]


def test_resizing_and_a_large_paste_do_no_harm(program: Program) -> None:
    program.press("p")
    for size in ((120, 36), (50, 10), (200, 60), (80, 24)):
        program.resize(*size)
        program.read(0.2)
    program.press("/\x15\x1b[200~" + "frog [/] " * 1200 + "\x1b[201~")
    program.shows("were pasted; a text holds")
    program.press("\r")
    program.shows("prompt frog [/] frog [/]")
    program.press("q")
    assert program.ends() == 0


def test_bytes_that_are_no_text_end_nothing(program: Program) -> None:
    os.write(program.master, b"\xe9\x9b\xff ")
    program.shows("step 1 of 20")
    os.write(program.master, b"/\x15a \x9b\xe9 cat")
    program.shows(" cat")
    program.press("\r")
    program.shows("not known, no effect")
    program.shows("cat' --seed")  # enter was obeyed: a q before that would be a letter of the prompt
    program.press("q")
    assert program.ends() == 0


def test_ctrl_z_gives_the_shell_back_and_fg_returns(program: Program) -> None:
    program.press("\x1a")
    program.until(lambda: program.state == "T")
    assert b"\x1b[?1049l" in program.output
    assert termios.tcgetattr(program.slave) == program.before
    os.killpg(program.process.pid, signal.SIGCONT)
    program.until(lambda: program.state != "T")
    program.press(" ")
    program.shows("step 1 of 20")
    program.press("q")
    assert program.ends() == 0


def test_without_a_terminal_it_says_so(tmp_path: Path) -> None:
    import subprocess

    ended = subprocess.run([sys.executable, "-m", "tdiff"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "needs a terminal" in ended.stderr


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("os.environ['TERM'] = 'dumb'", "TERM is dumb"),
        ("os.close(0)", "needs a terminal"),
        ("os.dup2(os.open(os.devnull, os.O_RDONLY), 0)", "needs a terminal"),
        ("os.dup2(os.open(os.devnull, os.O_WRONLY), 1)", "needs a terminal"),
    ],
)
def test_a_terminal_that_will_not_do_is_refused_in_one_line(start, before: str, said: str) -> None:
    opened = start(
        command=("-c", f"import os, sys; {before}; os.execv(sys.executable, [sys.executable, '-m', 'tdiff'])")
    )
    assert opened.ends() == 2
    assert said in opened.output.decode() and opened.output.count(b"\n") == 1
    assert b"\x1b" not in opened.output


def test_a_program_that_breaks_off_leaves_the_attributes_as_they_were(start) -> None:
    """As a quit does that waits for something in vain."""
    code = (
        "import os, tty; from tdiff.terminal.supervisor import supervised; "
        "supervised(lambda: (tty.setraw(0), os._exit(0)))"
    )
    opened = start(command=("-c", code))
    assert opened.ends() == 0
    assert termios.tcgetattr(opened.slave) == opened.before


def test_no_answer_of_the_terminal_is_left_for_the_shell(start) -> None:
    program = ready(start(answers=True))
    program.press("b")
    program.shows("step")
    program.press("q")
    assert program.ends() == 0
    assert not select.select([program.slave], [], [], 0.2)[0]


def test_pictures_are_exact_on_a_terminal_that_answers(start) -> None:
    program = ready(start(answers=True))

    def static() -> bool:
        """Whether a whole picture of noise is there, in half blocks: not the blank or black from before."""
        cells = [program.screen.buffer[y][x] for y in range(3, 17) for x in range(32)]
        return all(cell.data in "▀ " for cell in cells) and len({(cell.fg, cell.bg) for cell in cells}) > 300

    program.until(static)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
def test_a_prompt_typed_in_one_packet_is_entered_whole(start, size: tuple[int, int]) -> None:
    program = start(size, ("-m", "tdiff", "--lesson", "5"))
    program.shows("done in 20 steps")
    program.press("/\x15a purple guitar\r")
    program.shows("prompt a purple guitar")
    program.shows("generate 'a purple guitar'")
    program.shows("done in 20 steps")
