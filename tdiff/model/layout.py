"""Moving pixels between space and channels, and the weight permutations that make it free.

PyTorch's pixel_unshuffle orders channels as (c, dy, dx); here they are (dy, dx, c), so that a cell of 2×2
pixels is four contiguous runs. Weights are permuted once at load.
"""

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


def cells(h: F32) -> F32:
    """View (B, H, W, C) as (B, H/2, W/2, dy, dx, C), without copying."""
    batch, height, width, channels = h.shape
    return h.reshape(batch, height // 2, 2, width // 2, 2, channels).transpose(0, 1, 3, 2, 4, 5)


def unshuffled(h: F32) -> F32:
    """(B, H, W, C) → (B, H/2, W/2, 4·C) in PyTorch's channel order (c, dy, dx), copied."""
    batch, height, width, channels = h.shape
    return cells(h).transpose(0, 1, 2, 5, 3, 4).reshape(batch, height // 2, width // 2, 4 * channels)


def cell_order(channels: int) -> NDArray[np.int64]:
    """Indices that reorder 4·channels from (c, dy, dx) to (dy, dx, c): `ours = theirs[cell_order(c)]`."""
    return np.arange(4 * channels).reshape(channels, 4).T.ravel()
