"""The denoiser trained by two processes under torchrun, on one CPU."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs PyTorch: pip install '.[train]'")

from tdiff.paths import asset_path

ROOT = Path(__file__).parents[2]


def trained(state: Path, steps: int) -> tuple[int, int, int]:
    """Train to a step, and return the step, the pictures seen and the processes that it said it began with."""
    weights = str(asset_path("models/denoiser.safetensors"))
    sizes = ("--scenes", "32", "--batch", "4", "--steps", str(steps))
    torchrun = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
    ended = subprocess.run(
        [*torchrun, "-m", "tdiff.train.denoiser", "--state-dir", str(state), "--init", weights, *sizes],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        cwd=state,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    said = re.search(r"^start at step (\d+), (\d+) pictures seen, on cpu × (\d+)$", ended.stdout, re.M)
    assert said is not None, ended.stdout
    return int(said[1]), int(said[2]), int(said[3])


def test_two_processes_share_the_work_and_their_checkpoint_goes_on(tmp_path: Path) -> None:
    step, seen, processes = trained(tmp_path, 0)  # it says where it begins, and has nothing to do
    assert processes == 2
    assert trained(tmp_path, step + 2) == (step, seen, 2)
    assert trained(tmp_path, step + 2) == (step + 2, seen + 2 * 2 * 4, 2)  # two steps, two processes, four pictures
