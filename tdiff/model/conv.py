"""3×3 convolutions by Winograd's minimal filtering (Lavin & Gray 2015, arXiv 1509.09308).

F(m×m, 3×3) makes an m×m tile of output from an (m+2)×(m+2) tile d of input with (m+2)² multiplications a channel
pair, where the plain sum takes 9·m²:  Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A. The kernel's part is done at load. Over all tiles
and channels at once, each transform is a matrix product along the rows of tiles and another along the columns,
reading overlapping tiles and writing finished maps through strides, so nothing is gathered or scattered; and ⊙,
summed over the input channels, is (m+2)² products of (tiles·B, C) with (C, C').
"""

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import as_strided

from tdiff.model.layout import F32

_INPUT: Final = {
    2: [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]],
    4: [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ],
}  # Bᵀ
_KERNEL: Final = {
    2: [[1, 0, 0], [1 / 2, 1 / 2, 1 / 2], [1 / 2, -1 / 2, 1 / 2], [0, 0, 1]],
    4: [
        [1 / 4, 0, 0],
        [-1 / 6, -1 / 6, -1 / 6],
        [-1 / 6, 1 / 6, -1 / 6],
        [1 / 24, 1 / 12, 1 / 6],
        [1 / 24, -1 / 12, 1 / 6],
        [0, 0, 1],
    ],
}  # G
_OUTPUT: Final = {
    2: [[1, 1, 1, 0], [0, 1, -1, -1]],
    4: [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]],
}  # Aᵀ


def tile_size(side: int) -> int:
    """The m that was fastest for maps of this side (docs/performance.md)."""
    return 4 if side >= 8 else 2


class ConvWeights:
    """A 3×3 kernel, already in Winograd's domain.

    Args:
        kernel: (out, in, 3, 3) as PyTorch stores it.
        bias: (out,).
        side: side of the maps that it will see.
    """

    def __init__(self, kernel: F32, bias: F32, side: int) -> None:
        tile = tile_size(side)
        self.channels_out, self.channels_in = kernel.shape[:2]
        g = np.array(_KERNEL[tile])
        taps = kernel.transpose(2, 3, 1, 0).reshape(9, -1)  # (9, in·out)
        shape = (tile + 2) ** 2, self.channels_in, self.channels_out
        self.domain: F32 = (np.kron(g, g).astype(np.float32) @ taps).reshape(shape)
        self.bias = bias


class Conv:
    """Buffers for convolutions of one shape; kernels of that shape take turns in them.

    `inside` is where the caller puts the input; the zero border around it is the padding.

    Args:
        side, batch: of the maps.
        channels_in, channels_out: of the kernels.
    """

    def __init__(self, side: int, batch: int, channels_in: int, channels_out: int) -> None:
        m = tile_size(side)
        tiles, edge = side // m, m + 2
        wide_in, wide_out = batch * channels_in, batch * channels_out
        rows = tiles * tiles * batch
        self._to_domain = np.array(_INPUT[m], np.float32)
        self._from_domain = np.array(_OUTPUT[m], np.float32)
        self._bias_plane = edge + 1  # Aᵀ has a column of ones at place 1, so a bias enters at plane (1, 1)

        pad = np.zeros((side + 2, side + 2, batch, channels_in), np.float32)
        self.inside: F32 = pad[1:-1, 1:-1]
        y, item = pad.strides[0], pad.itemsize
        self._pad_rows = as_strided(pad, (tiles, edge, (side + 2) * wide_in), (y * m, y, item))
        half = np.empty((edge, tiles, side + 2, wide_in), np.float32)  # transformed along y
        self._half_rows = half.reshape(edge, tiles, -1).transpose(1, 0, 2)
        ey, ty, x, item = half.strides
        self._half_columns = as_strided(half, (edge, tiles, tiles, edge, wide_in), (ey, ty, x * m, x, item))
        domain = np.empty((edge, edge, tiles, tiles, wide_in), np.float32)  # (ey, ex, ty, tx, B·C)
        self._domain_columns = domain.transpose(0, 2, 3, 1, 4)
        self._domain = domain.reshape(edge * edge, rows, channels_in)

        self._product = np.empty((edge * edge, rows, channels_out), np.float32)
        self._product_rows = self._product.reshape(edge, -1)
        back = np.empty((m, edge, tiles, tiles, wide_out), np.float32)  # (my, ex, ty, tx, B·C')
        self._back_rows = back.reshape(m, -1)
        self._back_columns = back.transpose(0, 2, 3, 1, 4)
        self._made = np.empty((side, side, batch, channels_out), np.float32)
        self._tiled = tiles, m, tiles, m, wide_out

    def __call__(self, weights: ConvWeights, out: F32) -> None:
        """Convolve what stands in `inside`.

        Args:
            weights: a kernel of this shape.
            out: (side, side, B, C'), contiguous.
        """
        np.matmul(self._to_domain, self._pad_rows, self._half_rows)
        np.matmul(self._to_domain, self._half_columns, self._domain_columns)
        np.matmul(self._domain, weights.domain, self._product)
        plane = self._product[self._bias_plane]
        np.add(plane, weights.bias, plane)
        np.matmul(self._from_domain, self._product_rows, self._back_rows)
        np.matmul(self._from_domain, self._back_columns, out.reshape(self._tiled).transpose(1, 0, 2, 3, 4))

    def add_to(self, out: F32, weights: ConvWeights) -> None:
        """Like a call, but add the result to `out`."""
        self(weights, self._made)
        np.add(out, self._made, out)
