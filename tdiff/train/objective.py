"""What the denoiser is trained to do: predict v at every noise level, little of it near no noise.

Min-SNR-5 (Hang et al. 2023, arXiv 2303.09556) weighs v by min(SNR, 5) / (SNR + 1), which vanishes towards pure noise.
But the prompt has most to say there: with little noise the picture itself shows what it is of. So the weight is as in
min-SNR-5 where there is little noise, and stays 1 where there is much.
"""

import math

import torch
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

    def __init__(self, device: torch.device | str = "cpu", resolution: int = 4096) -> None:
        w = weight((torch.arange(resolution, device=device) + 0.5) / resolution)
        self._mean = float(w.mean())
        density = 0.5 + 0.5 * w / self._mean
        self._cdf = torch.cat([w.new_zeros(1), density.cumsum(0) / density.sum()])

    def draw(self, count: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return `count` stratified levels t in [0, 1], in random order, and their loss weights, about 1 on average.

        The generator is one of the device's.
        """
        cdf, size = self._cdf, len(self._cdf) - 1
        order = torch.randperm(count, generator=rng, device=cdf.device)
        u = (order + torch.rand(count, generator=rng, device=cdf.device)) / count
        cell = torch.searchsorted(cdf, u, right=True).clamp(1, size)
        low, high = cdf[cell - 1], cdf[cell]
        t = ((cell - 1 + (u - low) / (high - low)) / size).clamp(0, 1)
        w = weight(t) / self._mean
        return t, w / (0.5 + 0.5 * w)


def noised(x0: Tensor, eps: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """Mix pictures and noise at level t: x_t = α·x0 + σ·ε and the target v = α·ε − σ·x0 (Salimans & Ho 2022)."""
    alpha, sigma = (a[:, None, None, None] for a in alpha_sigma(t))
    return alpha * x0 + sigma * eps, alpha * eps - sigma * x0
