"""How maps lie in memory, and how pixels move between space and channels.

A batch of maps is one array (H, W, B, C): places first, then pictures, then channels. Channels are last, so a
linear layer is one product over all rows. Pictures stand inside places, so that whatever mixes places (the
transforms of a convolution, the means of a norm) is a product over whole rows too, for the whole batch at once.

Halving and doubling a map trades cells of 2×2 places for channels. PyTorch's pixel_unshuffle orders those as
(c, dy, dx); here they are (dy, dx, c), so that a cell is four contiguous runs. Weights are permuted once, at load.
"""

import numpy as np

from tdiff.arrays import F32, I64


def cells(h: F32) -> F32:
    """View maps (H, W, B, C) as (H/2, W/2, B, dy, dx, C), without copying."""
    height, width, batch, channels = h.shape
    return h.reshape(height // 2, 2, width // 2, 2, batch, channels).transpose(0, 2, 4, 1, 3, 5)


def cells_of_pictures(pictures: F32) -> F32:
    """View pictures (B, H, W, C) as (H/2, W/2, B, dy, dx, C), without copying."""
    batch, height, width, channels = pictures.shape
    return pictures.reshape(batch, height // 2, 2, width // 2, 2, channels).transpose(1, 3, 0, 2, 4, 5)


def cell_order(channels: int) -> I64:
    """Indices that reorder 4·channels from (c, dy, dx) to (dy, dx, c): `ours = theirs[cell_order(c)]`."""
    return np.arange(4 * channels).reshape(channels, 4).T.ravel()
