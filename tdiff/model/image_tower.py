"""The image half of the CLIP-style pair: pictures → unit vectors."""

import numpy as np
from numpy.typing import NDArray

from tdiff.model.layout import unshuffled
from tdiff.model.norm import Norm, silu
from tdiff.model.transformer import Weights, linear

F32 = NDArray[np.float32]


class ImageTower:
    """A small convolutional network; it is run seldom, so plain im2col will do.

    Args:
        weights: tensors of the image tower.
    """

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def vectors(self, pictures: F32) -> F32:
        """Return unit vectors (B, 128) of pictures (B, 32, 32, 3) in [-1, 1]."""
        h = self._conv(unshuffled(pictures), "stem")
        h = self._residual(h, "stage1")
        h = self._residual(self._conv(h, "down1", stride=2), "stage2")
        h = self._residual(self._conv(h, "down2", stride=2), "stage3")
        h = self._norm_silu(h, "norm")
        hidden = silu(linear(h.reshape(len(h), -1), self._weights, "fc1"))
        vectors = linear(hidden, self._weights, "fc2")
        result: F32 = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
        return result

    def _residual(self, h: F32, name: str) -> F32:
        inner = self._conv(self._norm_silu(h, f"{name}.norm"), f"{name}.conv1")
        return h + self._conv(silu(inner), f"{name}.conv2")

    def _norm_silu(self, h: F32, name: str) -> F32:
        batch, height, width, channels = h.shape
        flat = h.reshape(batch, height * width, channels)
        scale, shift = Norm(batch, height * width, channels).scale_shift(flat)
        gamma, beta = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return silu(flat * (scale * gamma) + (shift * gamma + beta)).reshape(h.shape)

    def _conv(self, h: F32, name: str, stride: int = 1) -> F32:
        """3×3, padded by one: (B, H, W, C) → (B, H/stride, W/stride, C')."""
        kernel = self._weights[f"{name}.weight"].transpose(2, 3, 1, 0)  # (3, 3, in, out)
        padded = np.pad(h, ((0, 0), (1, 1), (1, 1), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))[:, ::stride, ::stride]
        columns = windows.transpose(0, 1, 2, 4, 5, 3)  # (B, H', W', 3, 3, C)
        batch, height, width = columns.shape[:3]
        flat = columns.reshape(batch * height * width, -1) @ kernel.reshape(-1, kernel.shape[-1])
        result: F32 = flat.reshape(batch, height, width, -1) + self._weights[f"{name}.bias"]
        return result
