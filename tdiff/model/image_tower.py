"""The image half of the CLIP-style pair (Radford et al. 2021): pictures → unit vectors."""

import numpy as np

from tdiff.model.layout import F32
from tdiff.model.norm import group_norm, silu
from tdiff.model.transformer import Weights, linear


class ImageTower:
    """A small convolutional network; it is run seldom, so plain im2col on (B, H, W, C) will do.

    Args:
        weights: tensors of the image tower.
    """

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def vectors(self, pictures: F32) -> F32:
        """Return unit vectors (B, 128) of pictures (B, 32, 32, 3) in [-1, 1]."""
        h = self._conv(_unshuffled(pictures), "stem")
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
        return silu(group_norm(h, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]))

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


def _unshuffled(h: F32) -> F32:
    """(B, H, W, C) → (B, H/2, W/2, 4·C) in PyTorch's channel order (c, dy, dx)."""
    batch, height, width, channels = h.shape
    split = h.reshape(batch, height // 2, 2, width // 2, 2, channels).transpose(0, 1, 3, 5, 2, 4)
    return split.reshape(batch, height // 2, width // 2, 4 * channels)
