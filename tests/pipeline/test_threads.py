"""The same recipe after a restart and on two threads; Python uses one thread unless another number is asked for."""

import subprocess
import sys
from os import environ
from pathlib import Path

import numpy as np
import pytest

from tdiff.threads import VARIABLES
from tests.counts import times

SCRIPT = """
import random, sys, numpy, tdiff
from tdiff.samplers import SAMPLERS
pipeline, chance = tdiff.load(), random.Random(3)
made = []
for number in range(int(sys.argv[2])):
    thing = chance.choice(["a blue frog on a yellow background", "two red apples", "a cat left of a house", ""])
    made.append(pipeline.generate(
        thing, seed=chance.randrange(2**31), sampler=chance.choice(sorted(SAMPLERS)), steps=chance.randint(1, 24),
        guidance=round(chance.uniform(-2, 15), 2), negative=chance.choice(["", "a red apple"]), count=1 + number % 2,
    ))
numpy.save(sys.argv[1], numpy.concatenate(made))
"""

THREADS = """
import numpy, tdiff, threadpoolctl
numpy.ones((600, 600)) @ numpy.ones((600, 600))
tdiff.load()
print(*(pool["num_threads"] for pool in threadpoolctl.threadpool_info()))
"""


def made_with(threads: int, path: Path) -> np.ndarray:
    env = dict(environ) | dict.fromkeys(VARIABLES, str(threads))
    subprocess.run([sys.executable, "-c", SCRIPT, str(path), str(times(3, 50))], env=env, check=True)
    return np.load(path).astype(int)


def test_thread_counts_agree_within_one_level(tmp_path: Path) -> None:
    one, two = made_with(1, tmp_path / "one.npy"), made_with(2, tmp_path / "two.npy")
    assert np.abs(one - two).max() <= 1
    assert (one == made_with(1, tmp_path / "again.npy")).all()


@pytest.mark.parametrize(("asked", "used"), [(None, "1"), ("2", "2")])
@pytest.mark.parametrize("order", ["numpy, tdiff", "tdiff, numpy"])
def test_python_uses_one_thread_unless_asked(asked: str | None, used: str, order: str) -> None:
    env = {name: value for name, value in environ.items() if name not in VARIABLES}
    if asked is not None:
        env["OPENBLAS_NUM_THREADS"] = asked
    script = THREADS.replace("numpy, tdiff", order)
    ended = subprocess.run([sys.executable, "-c", script], env=env, check=True, capture_output=True, text=True)
    assert set(ended.stdout.split()) == {used}
