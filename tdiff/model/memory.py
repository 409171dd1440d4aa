"""Where the networks' arrays live: cut from large blocks, side by side.

The operating system backs a large block with huge pages where it may (numpy asks for them), so the 30 MB of weights
that each step reads cost few address look-ups; and arrays start on a cache line (docs/performance.md).
"""

import math

import numpy as np

from tdiff.arrays import F32

_BLOCK = 4 * 2**20  # floats: 16 MB, of which only what is used becomes real memory
_LINE = 16  # floats in a cache line
_PAGE = 2**21  # bytes in a huge page


class Arena:
    """Hands out arrays from blocks of memory, one after another."""

    def __init__(self) -> None:
        self._block: F32 = np.empty(0, np.float32)
        self._used = 0

    def empty(self, *shape: int) -> F32:
        """Return an array whose content is arbitrary."""
        size = math.prod(shape)
        if self._used + size > len(self._block):
            self._block, self._used = _aligned_block(max(size, _BLOCK)), 0
        array = self._block[self._used : self._used + size].reshape(shape)
        self._used += -(-size // _LINE) * _LINE
        return array

    def zeros(self, *shape: int) -> F32:
        """Return an array of zeros."""
        array = self.empty(*shape)
        array[...] = 0
        return array

    def copy(self, array: F32) -> F32:
        """Return a contiguous copy."""
        copied = self.empty(*array.shape)
        copied[...] = array
        return copied

    def restart(self) -> None:
        """Hand the same memory out again, for arrays that are never in use at the same time as those before."""
        self._used = 0


class Room:
    """Memory for the buffers of one bound batch.

    Attributes:
        batch: number of pictures.
        kept: for what lasts from one layer to the next.
        scratch: for what a layer leaves behind when it is done. Layers restart it, so they share the same memory, and
            it stays in the cache.
    """

    def __init__(self, batch: int) -> None:
        self.batch = batch
        self.kept, self.scratch = Arena(), Arena()


def _aligned_block(size: int) -> F32:
    block = np.empty(size + _PAGE // 4, np.float32)
    first = -block.ctypes.data % _PAGE // 4
    return block[first : first + size]
