"""Classifier-free guidance (Ho & Salimans 2022, eq. 6): past the negative, to the prompt.

ε̂ = ε̂_neg + w·(ε̂_pos − ε̂_neg). w = 0 is the negative itself, w = 1 plain conditional (the negative has
no effect), w > 1 exaggerates what the prompt adds, w < 0 flees it. The paper's own w counts from zero: it
is one less than ours.
"""

from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion.parametrization import eps_from_v, eps_from_x0, v_from_eps, v_from_eps_x0, x0_from_v


@dataclass(frozen=True, eq=False)
class Estimate:
    """What is taken out of x_t: the noise, the clean guess and v, with x_t = α·x0 + σ·eps."""

    eps: F32
    x0: F32
    v: F32


def guide(positive: F32, negative: F32, guidance: F32) -> F32:
    """Guide by negative + w·(positive − negative).

    It holds for ε̂, v̂ and x̂_0 alike, since at a given x_t each is an affine function of the others.

    Args:
        positive: The prompt's prediction, (B, H, W, 3).
        negative: The negative's, likewise.
        guidance: w for each picture, (B, 1, 1, 1).

    Returns:
        The guided prediction; at w = 1 bit for bit the positive, so that a negative then truly does
        nothing.
    """
    return np.where(guidance == 1, positive, negative + guidance * (positive - negative))


def estimate(x_t: F32, v: F32, alpha: float, sigma: float, clip: bool) -> Estimate:
    """The three forms of a prediction, with x̂_0 kept within [-1, 1] on request.

    ε̂ and v̂ are computed again from the clipped x̂_0, so that the three still are one prediction and
    α·x̂_0 + σ·ε̂ is still x_t; a step that mixed a clipped x̂_0 with the old ε̂ would move off the noise
    level it claims. The ancestral sampler of Ho et al. 2020 does the same implicitly, as does
    guided-diffusion's DDIM; diffusers' DDIM keeps the old ε̂ unless told `use_clipped_model_output`.

    Args:
        x_t: Noisy pictures, (B, H, W, 3).
        v: The (guided) prediction, likewise.
        alpha: α of x_t.
        sigma: σ of x_t, above 0.
        clip: Whether to clip x̂_0.
    """
    x0 = x0_from_v(x_t, v, alpha, sigma)
    if not clip:
        return Estimate(eps_from_v(x_t, v, alpha, sigma), x0, v)
    x0 = x0.clip(-1, 1)
    eps = eps_from_x0(x_t, x0, alpha, sigma)
    return Estimate(eps, x0, v_from_eps_x0(eps, x0, alpha, sigma))


def guided_estimate(
    x_t: F32,
    eps_pos: F32,
    eps_neg: F32,
    guidance: F32,
    alpha: float,
    sigma: float,
    clip: bool = False,
) -> Estimate:
    """Guide two predictions that are already there, so that w can be moved without a model call.

    Args:
        x_t: Noisy pictures, (B, H, W, 3).
        eps_pos: Noise the network saw given the prompt.
        eps_neg: Noise it saw given the negative.
        guidance: w for each picture, (B, 1, 1, 1).
        alpha: α of x_t.
        sigma: σ of x_t, above 0.
        clip: Whether to clip x̂_0; off keeps ε̂ linear in w.
    """
    v = v_from_eps(x_t, guide(eps_pos, eps_neg, guidance), alpha, sigma)
    return estimate(x_t, v, alpha, sigma, clip)
