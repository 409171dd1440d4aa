"""Recorded runs of latents for tests: four channels, and a linear map to colours as a decoder's fit gives it."""

from pathlib import Path
from typing import Any

import numpy as np

from tdiff.traces.recorder import Recorder
from tdiff.traces.rgb import RgbMap

COLOURS = RgbMap(
    np.array([[0.3, 0.1, 0.0], [0.1, 0.3, -0.1], [0.0, -0.1, 0.3], [0.1, 0.1, 0.1]], np.float32),
    np.array([0.05, 0.0, -0.05], np.float32),
    "linear",
)
SIZE = (24, 16)
SIGMAS = (0.99, 0.9, 0.6, 0.2)
W = 5.0


def arrays(step: int, seed: int, count: int) -> tuple[np.ndarray, ...]:
    """x_t, and ε̂ with the prompt and with the negative, (count, 24, 16, 4) each."""
    rng = np.random.default_rng([seed, step])
    shape = (count, *SIZE, 4)
    x_t, negative = (rng.standard_normal(shape).astype(np.float32) for _ in range(2))
    return x_t, negative + np.float32(0.1) * rng.standard_normal(shape).astype(np.float32), negative


def recorded(
    path: Path, seed: int = 7, count: int = 1, sigmas: tuple[float, ...] = SIGMAS, finish: bool = True, **about: Any
) -> Path:
    """Record a run; `about` changes what the recorder is told."""
    told: dict[str, Any] = {
        "prompt": "a red apple",
        "negative": "blurry",
        "seed": seed,
        "guidance": W,
        "scheduler": "DDIMScheduler",
        "model": "tiny-sd",
        "model_hash": "d1ffd1ffd1ff",
        "rgb": COLOURS,
        "layout": "BHWC",
    } | about
    recorder = Recorder(path, steps=len(sigmas), **told)
    with np.errstate(all="ignore"):
        for step, sigma in enumerate(sigmas):
            x_t, positive, negative = arrays(step, seed, count)
            eps = negative + np.float32(W) * (positive - negative)
            alpha = float(np.sqrt(1 - sigma**2))
            recorder.step(x_t, eps, eps_pos=positive, eps_neg=negative, alpha=alpha, sigma=sigma, t=900 - 200 * step)
    if finish:
        picture = np.random.default_rng(seed).integers(0, 256, (count, 96, 64, 3), dtype=np.uint8)
        recorder.finish(arrays(len(sigmas), seed, count)[0], picture)
    recorder.close()
    return path
