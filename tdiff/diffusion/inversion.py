"""DDIM inversion: from a picture back to the noise that it would have come from."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion.conditions import Conditions
from tdiff.diffusion.denoiser import Denoiser
from tdiff.diffusion.errors import SettingError
from tdiff.diffusion.options import SamplerOptions
from tdiff.diffusion.prediction import Predictor
from tdiff.diffusion.schedule import time_grid
from tdiff.samplers import Level


@dataclass(frozen=True, eq=False)
class InversionStep:
    """One step towards noise; arrays are (B, H, W, 3)."""

    index: int
    """The grid point that it reached: falling to 0, where the noise is."""
    steps: int
    """Of the whole grid."""
    noise_level: float
    """At that point."""
    x_t: F32
    """The pictures there."""
    model_calls: int


def invert_steps(
    denoiser: Denoiser,
    conditions: Conditions,
    pictures: F32,
    steps: int = 50,
    guidance: float | tuple[float, ...] = 1.0,
    corrections: int = 0,
) -> Iterator[InversionStep]:
    """Run DDIM with η = 0 backwards (Song et al. 2021 (DDIM), sections 4.3 and 5.4), unclipped.

    A backward step would need the prediction at the noisier point, which is not known yet, so it takes the
    one at hand and is off by a little, less the more steps there are. Each correction asks again at the
    point just reached and solves the forward step for it (the fixed-point iteration of Pan et al. 2023,
    AIDI), until sampling leads back exactly.

    Sampling from the result with `SamplerOptions(steps, "ddim", guidance=…, clip=False)` returns to the
    pictures. Guidance above 1 makes the way back worse (Mokady et al. 2022): ask for more steps or
    corrections.

    Args:
        denoiser: The network.
        conditions: A prompt (or the empty one) and a negative for each picture.
        pictures: (B, H, W, 3) within [-1, 1].
        steps: N of the grid, 1 … 1000.
        guidance: w.
        corrections: Extra network calls a step, 0 … 20.

    Yields:
        The N steps; the last one's x_t is the noise.

    Raises:
        SettingError: If a value is out of range.
    """
    options = SamplerOptions(steps, guidance=guidance, clip=False)
    clean = np.array(pictures, np.float32)
    if clean.ndim != 4 or len(clean) != conditions.batch:
        raise SettingError(f"inversion needs {conditions.batch} pictures as (B, H, W, 3), not the shape {clean.shape}")
    if not isinstance(corrections, int) or not 0 <= corrections <= 20:
        raise SettingError(f"corrections must be a whole number from 0 to 20, not {corrections!r}")
    grid = time_grid(steps)
    predictor = Predictor(denoiser, conditions, options, tuple(level.t for level in grid))
    return _inverted(predictor, grid, clean, corrections)


def invert(
    denoiser: Denoiser,
    conditions: Conditions,
    pictures: F32,
    steps: int = 50,
    guidance: float | tuple[float, ...] = 1.0,
    corrections: int = 0,
) -> F32:
    """The noise that `invert_steps` ends on, (B, H, W, 3), to be given to a run as `Start(noise)`."""
    *_, last = invert_steps(denoiser, conditions, pictures, steps, guidance, corrections)
    return last.x_t


def _inverted(predictor: Predictor, grid: tuple[Level, ...], x_t: F32, corrections: int) -> Iterator[InversionStep]:
    """The steps, in angles (Salimans & Ho 2022, appendix D).

    With α = cos φ and σ = sin φ, a DDIM step by an angle δ is x·cos δ − v·sin δ towards the picture and +
    towards the noise.
    """
    for index in range(len(grid) - 2, -1, -1):
        here, there = grid[index + 1], grid[index]
        cos = here.alpha * there.alpha + here.sigma * there.sigma
        sin = there.sigma * here.alpha - there.alpha * here.sigma
        noisier = cos * x_t + sin * predictor(x_t, here).guided.v
        for _ in range(corrections):
            noisier = (x_t + sin * predictor(noisier, there).guided.v) * (1 / cos)
        x_t = noisier
        yield InversionStep(index, len(grid) - 1, there.sigma, x_t, 1 + corrections)
