"""Group norm (Wu & He 2018) and SiLU, in as few passes over memory as numpy allows."""

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]

GROUPS = 8
_EPSILON = np.float32(1e-5)


class Norm:
    """Group norm over maps of one shape, with the buffers that it needs.

    Mean and variance come from two products with a row of ones; the norm then is one scale and one shift a
    channel, into which any affine or modulation folds.

    Args:
        batch, places, channels: shape of the maps, (B, HW, C).
    """

    def __init__(self, batch: int, places: int, channels: int) -> None:
        self._mean_row = np.full((1, places), 1 / places, np.float32)
        self._square = np.empty((batch, places, channels), np.float32)
        self._moments = np.empty((2, batch, 1, channels), np.float32)
        self._shape = (batch, 1, channels)

    def scale_shift(self, x: F32) -> tuple[F32, F32]:
        """For x (B, HW, C) return scale and shift, each (B, 1, C): the normalised map is x·scale + shift."""
        np.multiply(x, x, out=self._square)
        np.matmul(self._mean_row, x, out=self._moments[0])
        np.matmul(self._mean_row, self._square, out=self._moments[1])
        batch, _, channels = self._shape
        grouped = self._moments.reshape(2, batch, GROUPS, channels // GROUPS).mean(-1)
        mean, square = grouped
        inverse = 1 / np.sqrt(np.maximum(square - mean * mean, 0) + _EPSILON)
        wide = channels // GROUPS
        scale = np.repeat(inverse, wide, axis=-1).reshape(self._shape)
        shift = np.repeat(-mean * inverse, wide, axis=-1).reshape(self._shape)
        return scale, shift


def normalise(x: F32, scale: F32, shift: F32, out: F32) -> None:
    """out = x·scale + shift."""
    np.multiply(x, scale, out=out)
    np.add(out, shift, out=out)


def normalise_silu_negated(x: F32, scale: F32, shift: F32, scratch: tuple[F32, F32], out: F32) -> None:
    """out = −silu(x·scale + shift); the convolution that follows has its kernel negated.

    With z = −(x·scale + shift), −silu = z / (1 + eᶻ): the sign saves a pass.

    Args:
        x: (B, HW, C).
        scale, shift: (B, 1, C).
        scratch: two arrays like x.
        out: (B, H, W, C), possibly strided; H·W = HW.
    """
    z, e = scratch
    np.multiply(x, -scale, out=z)
    np.subtract(z, shift, out=z)
    silu_of_negated(z.reshape(out.shape), e.reshape(out.shape), out)


def silu_of_negated(z: F32, scratch: F32, out: F32) -> None:
    """out = −silu(−z), for a map that comes negated already.

    Args:
        z: any shape.
        scratch: an array like z.
        out: like z, possibly strided.
    """
    np.exp(np.minimum(z, 80, out=scratch), out=scratch)
    np.add(scratch, 1, out=scratch)
    np.divide(z, scratch, out=out)


def silu(x: F32) -> F32:
    """x·sigmoid(x), for small arrays."""
    result: F32 = x / (1 + np.exp(-np.clip(x, -80, None)))
    return result


def layer_norm(x: F32, weight: F32, bias: F32) -> F32:
    """Layer norm over the last axis (Ba et al. 2016)."""
    centred = x - x.mean(-1, keepdims=True)
    variance = np.mean(centred * centred, -1, keepdims=True)
    result: F32 = centred / np.sqrt(variance + _EPSILON) * weight + bias
    return result
