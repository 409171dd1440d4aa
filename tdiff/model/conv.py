"""3×3 convolutions by Winograd's minimal filtering (Lavin & Gray 2015, arXiv 1509.09308).

F(m×m, 3×3) computes an m×m tile of output with (m+2)² products a channel pair instead of 9·m². The
transforms are Kronecker products, so each is one matrix product over all tiles at once, and gathering
tiles copies (m+2)²/m² of the input where im2col copies nine times the input.
"""

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

F32 = NDArray[np.float32]

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
    """The m that was fastest for maps of this side (docs/performance.md): 4 at 16×16, 2 below."""
    return 4 if side >= 16 else 2


class ConvWeights:
    """A 3×3 kernel, already in Winograd's domain.

    Args:
        kernel: (out, in, 3, 3) as PyTorch stores it.
        bias: (out,) or None.
        side: side of the maps that it will see.
    """

    def __init__(self, kernel: F32, bias: F32 | None, side: int) -> None:
        self.tile = tile_size(side)
        self.channels_out, self.channels_in = kernel.shape[:2]
        g = np.array(_KERNEL[self.tile])
        taps = kernel.transpose(2, 3, 1, 0).reshape(9, -1)  # (9, in·out)
        area = (self.tile + 2) ** 2
        domain = (np.kron(g, g).astype(np.float32) @ taps).reshape(area, self.channels_in, self.channels_out)
        self.domain: F32 = np.ascontiguousarray(domain)
        self.bias = bias


class Conv:
    """Buffers for convolutions of one shape; kernels of that shape take turns in them.

    `pad` is where the caller puts the input: its `inside` is the picture, its border stays zero.

    Args:
        batch, side: of the maps.
        channels_in, channels_out: of the kernels.
    """

    def __init__(self, batch: int, side: int, channels_in: int, channels_out: int) -> None:
        m = tile_size(side)
        tiles, edge = side // m, m + 2
        self._bias_plane = edge + 1  # Aᵀ has a column of ones at place 1, so a bias enters at plane (1, 1)
        self._to_domain = np.kron(np.array(_INPUT[m]), np.array(_INPUT[m])).astype(np.float32)
        self._from_domain = np.kron(np.array(_OUTPUT[m]), np.array(_OUTPUT[m])).astype(np.float32)
        self._m, self._tiles, self._batch = m, tiles, batch
        pad = np.zeros((batch, side + 2, side + 2, channels_in), np.float32)
        self.inside: F32 = pad[:, 1:-1, 1:-1]
        b, y, x, c = pad.strides
        shape = (edge, edge, batch, tiles, tiles, channels_in)
        self._windows = as_strided(pad, shape, (y, x, b, y * m, x * m, c))
        rows = batch * tiles * tiles
        self._gathered = np.empty(shape, np.float32)
        self._input = np.empty((edge * edge, rows, channels_in), np.float32)
        self._product = np.empty((edge * edge, rows, channels_out), np.float32)
        self._output = np.empty((m * m, rows * channels_out), np.float32)

    def __call__(self, weights: ConvWeights, out: F32, add: bool) -> None:
        """Convolve what stands in `inside`.

        Args:
            weights: kernel of this shape.
            out: (B, side, side, channels_out); must be contiguous.
            add: add to `out` instead of overwriting it.
        """
        area = len(self._input)
        np.copyto(self._gathered, self._windows)
        np.matmul(self._to_domain, self._gathered.reshape(area, -1), out=self._input.reshape(area, -1))
        np.matmul(self._input, weights.domain, out=self._product)
        if weights.bias is not None:
            self._product[self._bias_plane] += weights.bias
        np.matmul(self._from_domain, self._product.reshape(area, -1), out=self._output)
        m, tiles = self._m, self._tiles
        b, y, x, c = out.strides
        placed = as_strided(out, (m, m, self._batch, tiles, tiles, out.shape[-1]), (y, x, b, y * m, x * m, c))
        made = self._output.reshape(placed.shape)
        if add:
            np.add(placed, made, out=placed)
        else:
            np.copyto(placed, made)
