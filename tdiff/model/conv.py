"""3×3 convolutions by Winograd's minimal filtering (Lavin & Gray 2015, arXiv 1509.09308).

F(m×m, 3×3) makes an m×m tile of output from an (m+2)×(m+2) tile d of input with (m+2)² multiplications a channel
pair, where the plain sum takes 9·m²:  Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A. The kernel's part is done at load. Over all tiles
and channels at once, each transform is a matrix product along the rows of tiles and another along the columns,
reading overlapping tiles and writing finished maps through strides, so nothing is gathered or scattered; and ⊙,
summed over the input channels, is (m+2)² products of (tiles·B, C) with (C, C').
"""

import math
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import as_strided

from tdiff.arrays import F32
from tdiff.model.memory import Arena, Room

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
    return 4 if side >= 16 else 2


class ConvWeights:
    """A 3×3 kernel, already in Winograd's domain.

    Args:
        arena: where to keep it.
        kernel: (out, in, 3, 3) as PyTorch stores it.
        bias: (out,).
        side: side of the maps that it will see.
    """

    def __init__(self, arena: Arena, kernel: F32, bias: F32, side: int) -> None:
        tile = tile_size(side)
        self.channels_out, self.channels_in = kernel.shape[:2]
        g = np.array(_KERNEL[tile])
        taps = kernel.transpose(2, 3, 1, 0).reshape(9, -1)  # (9, in·out)
        self.domain = arena.empty((tile + 2) ** 2, self.channels_in, self.channels_out)
        np.matmul(np.kron(g, g).astype(np.float32), taps, self.domain.reshape(-1, taps.shape[1]))
        self.bias = bias


class Conv:
    """Buffers for convolutions of one shape; kernels of that shape take turns in them.

    `inside` is where the caller puts the input; the zero border around it is the padding.

    Args:
        room: where to make the buffers.
        side, channels_in, channels_out: of the maps and kernels.
    """

    def __init__(self, room: Room, side: int, channels_in: int, channels_out: int) -> None:
        m = tile_size(side)
        n, edge = side // m, m + 2  # tiles a row, side of a tile of input
        wide_in, wide_out = room.batch * channels_in, room.batch * channels_out
        area, rows = edge * edge, n * n * room.batch
        self._to_domain = np.array(_INPUT[m], np.float32)
        self._from_domain = np.array(_OUTPUT[m], np.float32)
        self._bias_plane = edge + 1  # Aᵀ has a column of ones at place 1, so a bias enters at plane (1, 1)
        pad = room.kept.zeros(side + 2, side + 2, room.batch, channels_in)
        self.inside: F32 = pad[1:-1, 1:-1]

        # Each step reads what the one before wrote, so two pieces of memory take turns.
        half_shape, domain_shape = (edge, n, side + 2, wide_in), (edge, edge, n, n, wide_in)
        product_shape, back_shape = (area, rows, channels_out), (m, edge, n, n, wide_out)
        made_shape = side, side, room.batch, channels_out
        room.scratch.restart()
        one = room.scratch.empty(max(map(math.prod, (half_shape, product_shape, made_shape))))
        two = room.scratch.empty(max(map(math.prod, (domain_shape, back_shape))))

        half, domain = _shaped(one, half_shape), _shaped(two, domain_shape)  # (ey, ty, x, B·C), (ey, ex, ty, tx, B·C)
        y, item = pad.strides[0], pad.itemsize
        self._pad_rows = as_strided(pad, (n, edge, (side + 2) * wide_in), (y * m, y, item))
        self._half_rows = half.reshape(edge, n, -1).transpose(1, 0, 2)
        ey, ty, x, item = half.strides
        self._half_columns = as_strided(half, (edge, n, n, edge, wide_in), (ey, ty, x * m, x, item))
        self._domain_columns = domain.transpose(0, 2, 3, 1, 4)
        self._domain = domain.reshape(area, rows, channels_in)
        self._product, back = _shaped(one, product_shape), _shaped(two, back_shape)  # back: (my, ex, ty, tx, B·C')
        self._product_rows = self._product.reshape(edge, -1)
        self._back_rows = back.reshape(m, -1)
        self._back_columns = back.transpose(0, 2, 3, 1, 4)
        self._made = _shaped(one, made_shape)
        self._tiled = n, m, n, m, wide_out

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


def _shaped(memory: F32, shape: tuple[int, ...]) -> F32:
    """The beginning of a piece of memory, as an array of this shape."""
    return memory[: math.prod(shape)].reshape(shape)
