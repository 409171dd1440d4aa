"""Whatever ends the explorer, and whatever it is doing then: the terminal is as it was, and nothing is left running."""

import os
import signal
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from tdiff.recipe import Recipe
from tdiff.recipe.json import to_json
from tests.counts import FULL
from tests.pty.breaking import SAVING, SLOW
from tests.pty.harness import Program, ready

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")

BREAKING = str(Path(__file__).with_name("breaking.py"))


def idle(program: Program, home: Path) -> None:
    ready(program)


def sampling(program: Program, home: Path) -> None:
    ready(program)
    program.press("p")
    program.shows("step 3 of 1000")


def saving(program: Program, home: Path) -> None:
    program.shows("done in 20 steps")
    program.press("e")
    program.shows("The ending decides")
    (home / SLOW).touch()
    program.press("\r")
    program.until((home / SAVING).exists)


def dialog(program: Program, home: Path) -> None:
    ready(program)
    program.press("o")
    program.shows("A recipe comes to the bench")
    program.press("some file")
    program.shows("some file")


def live_training(program: Program, home: Path) -> None:
    program.shows("hows every key")
    program.press("]" * 5 + "l")
    program.shows("A network of its own")
    program.press("p")
    program.until(lambda: "0 in 0.0 s" not in program.text)


def studio(program: Program, home: Path) -> None:
    program.shows("done in 20 steps")
    program.press("/a blue cat")
    program.shows("done in 8 steps")


STATES: dict[Callable[[Program, Path], None], tuple[str, ...]] = {
    idle: ("--lesson", "1"),
    sampling: ("--lesson", "1", "--recipe", "long.json"),
    saving: ("--lesson", "5"),
    dialog: ("--lesson", "1"),
    live_training: ("--lesson", "2"),
    studio: ("--lesson", "5"),
}
SIGNALS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT]
HANGUPS = ["hang-up", "hang-up, SIGHUP ignored", "hang-up, no controlling terminal"]
FAULTS = {
    "mount": "internal error (ValueError: ",
    "render": "internal error (KeyError: ",
    "timer": "internal error (ZeroDivisionError: ",
    "worker": "internal error (ZeroDivisionError: ",
    "memory": "not enough memory",
    "memory in a worker": "not enough memory",
}
ENDINGS = [*SIGNALS, *HANGUPS, *FAULTS]
EVERY = list(product(STATES, ENDINGS))
SOME = [(list(STATES)[place % len(STATES)], ending) for place, ending in enumerate(ENDINGS)]
"""Every ending once, and every state about twice."""


@pytest.mark.parametrize(
    ("state", "ending"),
    [pytest.param(state, ending, id=f"{state.__name__}-{ending}") for state, ending in (EVERY if FULL else SOME)],
)
def test_it_ends_and_leaves_nothing_behind(
    start, tmp_path: Path, state: Callable[[Program, Path], None], ending: signal.Signals | str
) -> None:
    (tmp_path / "long.json").write_text(to_json(Recipe(prompt="a red apple", seed=1, steps=1000)))
    program = start(
        command=(BREAKING, *STATES[state]),
        env={"BREAKING": str(ending)},
        controlling=ending != HANGUPS[2],
        ignored=(signal.SIGHUP,) if ending == HANGUPS[1] else (),
    )
    state(program, tmp_path)
    (child,) = program.children
    if ending in HANGUPS:
        program.hang_up()
        assert program.process.wait(30) == 128 + signal.SIGHUP
    elif isinstance(ending, signal.Signals):
        os.kill(program.process.pid, ending)
        assert program.ends() == 128 + ending
        assert program.sane
    else:
        os.kill(child, signal.SIGUSR1)
        assert program.ends() == 1
        assert program.sane
        said = program.output.decode("utf-8", "replace").rpartition("\x1b")[2]
        assert FAULTS[ending] in said and "Traceback" not in said and said.count("\n") == 1
    program.until(lambda: not program.survivors)
