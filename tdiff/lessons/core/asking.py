"""One question to the network: what is noise in this mixture, and what is picture?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import Level, alpha_sigma, time_of_noise_level
from tdiff.diffusion.parametrization import eps_from_v, x0_from_v
from tdiff.pipeline import Pipeline


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """One prediction in its three forms, each (B, H, W, 3); x0 is not clipped."""

    v: F32
    eps: F32
    x0: F32


def level_at(sigma: float) -> Level:
    """Return time, α and σ of a noise level.

    Args:
        sigma: 0 … 1; the ends give the schedule's own ends, which keep a trace of noise and of picture.

    Raises:
        SettingError: it is outside.
    """
    t = time_of_noise_level(sigma)
    return Level(t, *alpha_sigma(t))


def ask(pipeline: Pipeline, x_t: F32, level: Level, captions: Sequence[str]) -> Answers:
    """Ask the network once, without guidance (w = 1).

    Args:
        pipeline: whose network answers.
        x_t: (B, H, W, 3), all at one level.
        level: that level.
        captions: one for each picture; "" tells nothing.
    """
    contexts = tuple(pipeline.encode_caption(caption) for caption in captions)
    v = np.array(pipeline.denoiser.bind(contexts, (level.t,))(x_t, level.t))
    return Answers(v, eps_from_v(x_t, v, level.alpha, level.sigma), x0_from_v(x_t, v, level.alpha, level.sigma))
