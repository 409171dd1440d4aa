"""Stopped and continued, again and again, while pictures are made: the shell gets a sane terminal each time."""

import os
import signal
import sys
import termios
from pathlib import Path

import pytest

from tdiff.recipe import Recipe
from tdiff.recipe.json import to_json
from tests.counts import times
from tests.pty.harness import Program, children_of, ready

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")

ROUNDS = times(3, 50)


def playing(start, tmp_path: Path, **settings) -> Program:
    """The explorer in the middle of a run that does not end soon."""
    (tmp_path / "long.json").write_text(to_json(Recipe(prompt="a red apple", seed=1, steps=1000)))
    program = ready(start(command=("-m", "tdiff", "--lesson", "1", "--recipe", "long.json"), **settings))
    program.press("p")
    program.shows("step 3 of 1000")
    return program


def drawing_again(program: Program) -> None:
    """Wait until it has its modes, and something new is drawn."""
    program.until(lambda: "alternate screen" in program.modes_left_on and b" of 1000" in program.output)


def test_sigtstp_and_sigcont(start, tmp_path: Path) -> None:
    program = playing(start, tmp_path)
    for _ in range(ROUNDS):
        os.kill(program.process.pid, signal.SIGTSTP)
        program.until(lambda: program.state == "T")
        program.until(lambda: program.sane)
        program.output = b""
        os.killpg(program.process.pid, signal.SIGCONT)
        drawing_again(program)
    program.press("q")
    assert program.ends() == 0
    assert program.sane and not program.survivors


def test_sigstop_and_sigcont(start, tmp_path: Path) -> None:
    program = playing(start, tmp_path)
    for _ in range(ROUNDS):
        os.killpg(program.process.pid, signal.SIGSTOP)
        program.until(lambda: program.state == "T")
        program.output = b""
        os.killpg(program.process.pid, signal.SIGCONT)
        drawing_again(program)
    program.press("q")
    assert program.ends() == 0
    assert program.sane and not program.survivors


def test_ctrl_z_and_fg_in_a_shell(start, tmp_path: Path) -> None:
    program = playing(start, tmp_path, shell=True)
    job = program.job
    (child,) = children_of(job)
    for _ in range(ROUNDS):
        program.output = b""
        program.press("\x1a")
        program.until(lambda: b"Stopped" in program.output and program.output.endswith(b"$ "))
        assert not program.modes_left_on
        wanted = termios.ICANON | termios.ECHO | termios.ISIG
        assert termios.tcgetattr(program.slave)[3] & wanted == wanted
        program.output = b""
        program.press("fg\r")
        drawing_again(program)
    program.press("q")
    program.until(lambda: set(program.survivors).isdisjoint((job, child)))
    program.press("echo typ''ed\r")
    program.until(lambda: b"typed" in program.output)
    assert not program.modes_left_on
