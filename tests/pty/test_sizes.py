"""Terminals of any size, and sizes that change all the time while a picture is made."""

import random
import sys
from pathlib import Path

import pytest

from tdiff.recipe import Recipe
from tdiff.recipe.json import to_json
from tests.counts import times
from tests.pty.harness import Program, ready

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")

SMALL, LARGE = (1, 1), (500, 150)


def works(program: Program) -> None:
    """At a usual size all is there again, keys are obeyed, and it is left as it should be."""
    program.resize(80, 24)
    program.shows("[1 Denoise]")
    program.press("x")
    program.shows("starting noise")
    program.press("q")
    assert program.ends() == 0
    assert program.sane and not program.survivors


@pytest.mark.parametrize("size", [SMALL, LARGE, (500, 1), (1, 150), (59, 17), (3, 200)], ids="{0[0]}x{0[1]}".format)
def test_it_begins_at_any_size(start, size: tuple[int, int]) -> None:
    program = start(size)
    program.until(lambda: "alternate screen" in program.modes_left_on)
    program.overlook(0.5)
    program.resize(80, 24)
    works(ready(program))


def test_resizing_at_random_while_a_picture_is_made(start, tmp_path: Path) -> None:
    chance = random.Random(20)
    (tmp_path / "long.json").write_text(to_json(Recipe(prompt="a red apple", seed=1, steps=1000)))
    program = ready(start(command=("-m", "tdiff", "--lesson", "1", "--recipe", "long.json")))
    program.press("p")
    program.shows("step 2 of 1000")
    for _ in range(times(60, 3000)):
        largest = chance.choice((LARGE, (120, 40), (12, 6)))
        program.resize(chance.randint(1, largest[0]), chance.randint(1, largest[1]))
        program.overlook(chance.choice((0, 0, 0.01, 0.05)))
    assert program.process.poll() is None
    program.press("p")
    works(program)
