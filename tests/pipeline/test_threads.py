"""The same recipe on one thread and on two: within one level of 255."""

import subprocess
import sys
from os import environ
from pathlib import Path

import numpy as np

SCRIPT = """
import sys, numpy, tdiff
made = tdiff.load().generate("a blue frog on a yellow background", seed=3, count=2)
numpy.save(sys.argv[1], made)
"""


def made_with(threads: int, path: Path) -> np.ndarray:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    env = dict(environ) | dict.fromkeys(names, str(threads))
    subprocess.run([sys.executable, "-c", SCRIPT, str(path)], env=env, check=True)
    return np.load(path).astype(int)


def test_thread_counts_agree_within_one_level(tmp_path: Path) -> None:
    one, two = made_with(1, tmp_path / "one.npy"), made_with(2, tmp_path / "two.npy")
    assert np.abs(one - two).max() <= 1
    assert (one == made_with(1, tmp_path / "again.npy")).all()
