"""`tdiff bench`: how fast this machine runs the model, as measured now."""

import platform
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from tdiff.commands.console import put
from tdiff.commands.json_lines import put_json
from tdiff.diffusion import SamplerOptions, Trace, run_of
from tdiff.pipeline import Pipeline, load


def bench(as_json: bool, seconds: float = 2.0) -> None:
    """Time guided steps and whole pictures, and compare them with the machine's best matrix product.

    Args:
        as_json: one JSON object instead of lines.
        seconds: how long to measure each thing.
    """
    began = time.perf_counter()
    pipeline = load()
    pipeline.generate("a red apple", seed=0, steps=1)
    cold = time.perf_counter() - began
    results = measure(pipeline, seconds) | {"load_and_first_step_s": round(cold, 3)}
    if as_json:
        put_json("tdiff.bench/1", results)
        return
    put(f"{pipeline.info.name} {pipeline.info.hash} · numpy {np.__version__} · {platform.machine()}")
    put(f"one guided step          {results['guided_step_ms']:8.2f} ms  (batch 2: prompt and empty prompt)")
    put(f"one picture, 20 steps    {results['picture_s']:8.3f} s")
    put(f"16 at once, each         {results['picture_of_16_s']:8.3f} s")
    share = f"{results['share_of_sgemm']:.0%}"
    put(f"largest matrix product   {results['sgemm_gflops']:8.0f} GFLOP/s, of which a step reaches {share}")
    put(f"load and first step      {results['load_and_first_step_s']:8.3f} s")


def measure(pipeline: Pipeline, seconds: float) -> dict[str, Any]:
    """Time the model; medians over `seconds` each."""
    conditions = pipeline.conditions(["a blue frog on a yellow background"], [""])
    bound = pipeline.denoiser.bind([*conditions.positive, *conditions.negative], (0.5,))
    x = np.random.default_rng(0).standard_normal((2, 32, 32, 3)).astype(np.float32)
    step = _median(lambda: bound(x, 0.5), seconds)

    def picture(count: int) -> None:
        both = pipeline.conditions(["a blue frog on a yellow background"] * count, [""] * count)
        Trace(run_of(pipeline.denoiser, both, 0, SamplerOptions())).complete()

    single, sixteen = _median(lambda: picture(1), seconds), _median(lambda: picture(16), seconds)
    peak = _sgemm_gflops()
    return {
        "model": pipeline.info.hash,
        "guided_step_ms": round(step * 1e3, 3),
        "picture_s": round(single, 4),
        "picture_of_16_s": round(sixteen / 16, 4),
        "sgemm_gflops": round(peak, 1),
        "share_of_sgemm": round(2 * pipeline.info.flop / 1e9 / step / peak, 3),
    }


def _median(work: Callable[[], object], seconds: float) -> float:
    work()
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return float(np.median(times))


def _sgemm_gflops(size: int = 1024) -> float:
    a = np.ones((size, size), np.float32)
    out = np.empty_like(a)
    return 2 * size**3 / _median(lambda: np.matmul(a, a, out=out), 0.5) / 1e9
