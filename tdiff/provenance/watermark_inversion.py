"""From a picture back to the noise that it was made from, as well as a picture of eight bits allows."""

from itertools import pairwise
from typing import Final

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import Conditions, Level, SamplerOptions, alpha_sigma
from tdiff.diffusion.prediction import Predictor
from tdiff.errors import UsageError
from tdiff.pipeline import Pipeline

BEGIN: Final = 0.25
"""Time at which the way back begins. Below it what little noise a finished picture still has is smaller than the
rounding to 255 levels, or than what JPEG adds, and the way back would make that large instead."""
STEPS: Final = 3
"""More of them found the mark no better."""


def noise_of(
    pipeline: Pipeline, pictures: F32, begin: float = BEGIN, steps: int = STEPS, corrections: int = 0, batch: int = 16
) -> F32:
    """Estimate the starting noise by DDIM inversion with the empty prompt (Song et al. 2021, section 4.3).

    The prompt is not needed: the true one found marks no better. A picture x_0 is taken for α·x_0 at time
    `begin`, as though it were that noisy, and carried to t = 1 in equal steps of time.

    Args:
        pipeline: the model that the picture may be from.
        pictures: (n, 32, 32, 3) in [-1, 1].
        begin: time of the first point, 0 … below 1.
        steps: network calls a picture, 1 … 1000.
        corrections: extra calls a step that solve it more exactly (Pan et al. 2023, AIDI).
        batch: most pictures taken side by side.

    Returns:
        (n, 32, 32, 3). Its correlation with the true noise is well below 1, and its scale means nothing.

    Raises:
        UsageError: `begin`, `steps` or `corrections` is out of range.
    """
    if not 0 <= begin < 1 or not 1 <= steps <= 1000 or not 0 <= corrections <= 20:
        raise UsageError("inversion begins at 0 or later but before 1, in 1 to 1000 steps, with 0 to 20 corrections")
    levels = [Level(float(t), *alpha_sigma(float(t))) for t in np.linspace(begin, 1, steps + 1)]
    parts = [pictures[first : first + batch] for first in range(0, len(pictures), batch)]
    return np.concatenate([_noise_of(pipeline, part, levels, corrections) for part in parts])


def _noise_of(pipeline: Pipeline, pictures: F32, levels: list[Level], corrections: int) -> F32:
    """Steps as in `tdiff.diffusion.inversion`: by an angle δ, x·cos δ + v·sin δ leads towards the noise."""
    empty = pipeline.conditions([""] * len(pictures), [""] * len(pictures))
    conditions = Conditions(empty.positive, empty.positive)
    options = SamplerOptions(guidance=0.0, clip=False)
    predictor = Predictor(pipeline.denoiser, conditions, options, tuple(level.t for level in levels))
    x_t: F32 = (levels[0].alpha * pictures).astype(np.float32)
    for here, there in pairwise(levels):
        cos = here.alpha * there.alpha + here.sigma * there.sigma
        sin = there.sigma * here.alpha - there.alpha * here.sigma
        noisier = cos * x_t + sin * predictor(x_t, here).guided.v
        for _ in range(corrections):
            noisier = (x_t + sin * predictor(noisier, there).guided.v) * (1 / cos)
        x_t = noisier
    return x_t
