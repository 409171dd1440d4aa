"""How well anyone can guess: the perfect denoiser of a handful of pictures, which needs no training."""

from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import alpha_sigma
from tdiff.tinytrain.report import by_band


@dataclass(frozen=True, slots=True)
class Floor:
    """The mean squared error of x̂_0 that no network gets below.

    Attributes:
        error: over all levels, drawn as in the tiny network's training.
        bands: by noise level, between `tdiff.tinytrain.BAND_EDGES`.
    """

    error: float
    bands: tuple[float, ...]


def floor_of(pictures: F32, rng: np.random.Generator, count: int = 2048) -> Floor:
    """Measure the error of the posterior mean E[x_0 | x_t], the best guess under a squared error.

    For finitely many, equally likely pictures x_i it is Σ w_i·x_i with w_i ∝ exp(−|x_t − α·x_i|²/(2σ²)) (Bayes'
    rule with the Gaussian of x_t given x_i). Where much is possible it is a blend, and off by as much.

    Args:
        pictures: (n, H, W, 3), all that there is.
        rng: for the mixtures.
        count: mixtures to measure on.
    """
    x = pictures.reshape(len(pictures), -1).astype(np.float64)  # (n, pixels)
    index = rng.integers(len(x), size=count)
    alpha, sigma = alpha_sigma((np.arange(count) + rng.random(count)) / count)
    x_t = alpha[:, None] * x[index] + sigma[:, None] * rng.standard_normal((count, x.shape[1]))
    # |x_t − α·x_i|² but for |x_t|², which is the same for every i.
    distance = np.outer(alpha**2, np.square(x).sum(axis=1)) - 2 * alpha[:, None] * (x_t @ x.T)  # (count, n)
    log_weights = -distance / (2 * sigma[:, None] ** 2)
    weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    errors = np.square(weights @ x - x[index]).mean(axis=1)
    return Floor(float(errors.mean()), by_band(errors, sigma))
