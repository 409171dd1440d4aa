"""What the denoiser is trained to do: predict v at every noise level, little of it near no noise.

Min-SNR-5 (Hang et al. 2023, arXiv 2303.09556) weighs v by min(SNR, 5) / (SNR + 1), which vanishes towards pure noise.
But the prompt has most to say there: with little noise the picture itself shows what it is of. So the weight is as in
min-SNR-5 where there is little noise, and stays 1 where there is much.
"""

import math

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor

ALPHA_FLOOR = 0.02
_OFFSET = 0.008
_GAMMA = 5.0
_FLOOR = 0.1


def alpha_sigma(t: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine schedule (Nichol & Dhariwal 2021, eq. 17) for t in [0, 1], α kept at 0.02 or above."""
    alpha = torch.cos((t + _OFFSET) / (1 + _OFFSET) * math.pi / 2).clamp_min(ALPHA_FLOOR)
    return alpha, (1 - alpha * alpha).sqrt()


def weight(t: Tensor) -> Tensor:
    """Loss weight on v at level t: 5 / (SNR + 1), at least 0.1 and at most 1."""
    alpha, sigma = alpha_sigma(t)
    snr = (alpha / sigma.clamp_min(1e-4)) ** 2
    return (_GAMMA / (snr + 1)).clamp(_FLOOR, 1)


class LevelSampler:
    """Draws noise levels where the loss weighs, and returns what weight is left to apply.

    Half of the density is uniform and half follows the weight, so that steps are not spent where they
    count for nothing; the expected loss stays the weighted one.
    """

    def __init__(self, resolution: int = 4096) -> None:
        t = (torch.arange(resolution) + 0.5) / resolution
        w = weight(t)
        self._mean = float(w.mean())
        density = 0.5 + 0.5 * w / self._mean
        self._cdf = torch.cat([torch.zeros(1), density.cumsum(0) / density.sum()]).numpy()
        self._edges = np.linspace(0, 1, resolution + 1)

    def draw(self, count: int, rng: Generator) -> tuple[Tensor, Tensor]:
        """Return `count` stratified levels t in [0, 1] and their loss weights, about 1 on average."""
        u = (np.arange(count) + rng.random(count)) / count
        t = torch.from_numpy(np.interp(u, self._cdf, self._edges)).float()
        w = weight(t) / self._mean
        return t, w / (0.5 + 0.5 * w)


def noised(x0: Tensor, eps: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """Mix pictures and noise at level t: x_t = α·x0 + σ·ε and the target v = α·ε − σ·x0 (Salimans & Ho 2022)."""
    alpha, sigma = (a[:, None, None, None] for a in alpha_sigma(t))
    return alpha * x0 + sigma * eps, alpha * eps - sigma * x0
