"""What recording adds to a step of a diffusers pipeline that takes 50 ms.

Usage: python benchmarks/recording.py [--runs 5] [--steps 20] [--milliseconds 50]

A Stable Diffusion pipeline with latents of 64×64, as for pictures of 512×512, runs plainly and under `tdiff.record`, in
turn. In place of its network stands one that waits as long as is asked: what is measured is what the recorder computes
and writes. Printed is the median time from step to step, the share added, and what is taken once, before the first step
is recorded (a map from latents to colours is fitted to the decoder).
"""

import argparse
import contextlib
import itertools
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--milliseconds", type=float, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), options.runs, options.steps, options.milliseconds / 1000)


def _measure(folder: Path, runs: int, steps: int, seconds: float) -> None:
    import torch

    import tdiff
    from tests.tiny_checkpoint import build, open_pipeline

    pipe = open_pipeline(build(folder / "tiny"))

    def forward(sample: Any, *given: Any, **named: Any) -> Any:
        until = time.perf_counter() + seconds
        said = 0.5 * sample
        time.sleep(max(0.0, until - time.perf_counter()))
        return (said,)

    pipe.unet.forward = forward
    side = 64 * pipe.vae_scale_factor
    settings = {"num_inference_steps": steps, "height": side, "width": side, "output_type": "latent"}
    taken: dict[str, list[float]] = {name: [] for name in ("plain", "recorded", "recorded, previews alone")}
    whole: dict[str, list[float]] = {name: [] for name in taken}
    size = 0
    for run in range(runs + 1):  # the first is not counted
        for name, times in taken.items():
            path = folder / f"{run}.tdiff"
            recorder: Any = contextlib.nullcontext()
            if name != "plain":
                recorder = tdiff.record(pipe, path, tensors=name == "recorded")
            ends: list[float] = []

            def ended(pipe: Any, step: int, t: Any, kept: Any, ends: list[float] = ends) -> Any:
                ends.append(time.perf_counter())
                return kept

            with recorder:
                began = time.perf_counter()
                generator = torch.Generator().manual_seed(run)
                pipe("a red apple", generator=generator, callback_on_step_end=ended, **settings)
            if run:
                times += [after - before for before, after in itertools.pairwise(ends)]
                whole[name].append(ends[0] - began)
            if path.exists():
                size = max(size, path.stat().st_size)
                path.unlink()
    plain, first = (statistics.median(times["plain"]) for times in (taken, whole))
    for name, times in taken.items():
        step = statistics.median(times)
        once = statistics.median(whole[name]) - first - (step - plain)
        print(f"{name:26} {1000 * step:6.2f} ms a step, {100 * (step / plain - 1):+5.1f} %; {1000 * once:.0f} ms once")
    print(f"{steps} steps take {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
