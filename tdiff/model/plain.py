"""Convolution and norm written plainly, on (B, H, W, C), for networks that are run seldom."""

import numpy as np

from tdiff.arrays import F32
from tdiff.model.norm import EPSILON, GROUPS, silu
from tdiff.model.transformer import Weights


def conv3x3(h: F32, weights: Weights, name: str, stride: int = 1) -> F32:
    """3×3 convolution, padded by one: (B, H, W, C) → (B, H/stride, W/stride, C')."""
    kernel = weights[f"{name}.weight"].transpose(2, 3, 1, 0)  # (3, 3, in, out)
    padded = np.pad(h, ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))[:, ::stride, ::stride]
    columns = windows.transpose(0, 1, 2, 4, 5, 3)  # (B, H', W', 3, 3, C)
    batch, height, width = columns.shape[:3]
    flat = columns.reshape(batch * height * width, -1) @ kernel.reshape(-1, kernel.shape[-1])
    result: F32 = flat.reshape(batch, height, width, -1) + weights[f"{name}.bias"]
    return result


def group_norm_silu(h: F32, weights: Weights, name: str) -> F32:
    """silu(group norm(h)) with eight groups: (B, H, W, C) → the same shape."""
    batch, height, width, channels = h.shape
    grouped = h.reshape(batch, height * width, GROUPS, channels // GROUPS)
    mean = grouped.mean((1, 3), keepdims=True)
    variance = grouped.var((1, 3), keepdims=True)
    normed = ((grouped - mean) / np.sqrt(variance + EPSILON)).reshape(h.shape)
    return silu(normed * weights[f"{name}.weight"] + weights[f"{name}.bias"])


def conv_residual(h: F32, weights: Weights, name: str) -> F32:
    """Residual block: h + conv(silu(conv(silu(norm(h)))))."""
    inner = conv3x3(group_norm_silu(h, weights, f"{name}.norm"), weights, f"{name}.conv1")
    return h + conv3x3(silu(inner), weights, f"{name}.conv2")


def unshuffled(h: F32) -> F32:
    """(B, H, W, C) → (B, H/2, W/2, 4·C) in PyTorch's channel order (c, dy, dx)."""
    batch, height, width, channels = h.shape
    split = h.reshape(batch, height // 2, 2, width // 2, 2, channels).transpose(0, 1, 3, 5, 2, 4)
    return split.reshape(batch, height // 2, width // 2, 4 * channels)
