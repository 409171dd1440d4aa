"""Batches: pictures mixed with noise, each at its own level."""

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import alpha_sigma


class Batch:
    """Buffers of one batch, drawn anew for every step; rows go from little noise to much.

    Attributes:
        index: (B,), which training pictures.
        t: (B,), times in [0, 1].
        alpha, sigma: (B, 1), shares of picture and noise.
        x0: (B, pixels), the pictures.
        eps: (B, pixels), the noise.
        x_t: (B, pixels), the mixtures α·x0 + σ·ε.
    """

    def __init__(self, pictures: F32, size: int) -> None:
        """Make the buffers.

        Args:
            pictures: (n, pixels) that batches draw from.
            size: B.
        """
        self._pictures = pictures
        shape = (size, pictures.shape[1])
        self.index = np.zeros(size, np.int64)
        self.t = np.zeros(size)
        self.alpha, self.sigma = np.ones((size, 1), np.float32), np.zeros((size, 1), np.float32)
        self.x0, self.eps, self.x_t = (
            np.empty(shape, np.float32),
            np.empty(shape, np.float32),
            np.empty(shape, np.float32),
        )
        self._scratch = np.empty(shape, np.float32)

    def draw(self, rng: np.random.Generator) -> None:
        """Fill the buffers. Draw order: pictures, levels, noise.

        Levels are stratified, one from each B-th of the range of t, so that no batch lacks a kind of level.
        """
        size = len(self.t)
        self.index[:] = rng.integers(len(self._pictures), size=size)
        self.t[:] = (np.arange(size) + rng.random(size)) / size
        rng.standard_normal(dtype=np.float32, out=self.eps)
        alpha, sigma = alpha_sigma(self.t)
        self.alpha[:, 0], self.sigma[:, 0] = alpha, sigma
        np.take(self._pictures, self.index, axis=0, out=self.x0, mode="clip")
        np.multiply(self.x0, self.alpha, out=self.x_t)
        np.multiply(self.eps, self.sigma, out=self._scratch)
        self.x_t += self._scratch
