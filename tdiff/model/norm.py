"""Group norm (Wu & He 2018), layer norm (Ba et al. 2016) and SiLU, in as few passes over memory as numpy allows."""

import math

import numpy as np

from tdiff.arrays import F32

GROUPS = 8
EPSILON = np.float32(1e-5)
_LONG_ROW = 2048  # floats: broadcasting a scale over shorter rows costs more than the multiplication


class GroupNorm:
    """Group norm of maps of one shape.

    Means come from products with a row of ones; what is left is one scale and one shift a channel, into which any
    affine map or modulation folds.

    Args:
        places, batch, channels: shape of the maps, (HW, B, C).
    """

    def __init__(self, places: int, batch: int, channels: int) -> None:
        width = channels // GROUPS
        self._flat = places, batch * channels
        self._mean_row = np.full((1, places), 1 / places, np.float32)
        moments = np.empty((2, 1, batch * channels), np.float32)  # means of x and of x², by channel
        self._mean_out, self._square_out = moments
        self._by_channel = moments.reshape(2 * batch, channels)
        self._to_groups = np.kron(np.eye(GROUPS), np.full((width, 1), 1 / width)).astype(np.float32)  # (C, 8)
        self._by_group = np.empty((2 * batch, GROUPS), np.float32)
        self._mean, self._spread = self._by_group.reshape(2, batch, GROUPS, 1)
        self._mean_square = np.empty((batch, GROUPS, 1), np.float32)
        repeats = math.gcd(places, _power_of_two(_LONG_ROW // (batch * channels)))
        self._scale = np.empty((repeats, batch, GROUPS, width), np.float32)
        self._shift = np.empty_like(self._scale)
        self._rows = places // repeats, repeats * batch * channels
        self._scale_row, self._shift_row = self._scale.reshape(-1), self._shift.reshape(-1)

    def __call__(self, x: F32, gamma: F32, beta: F32, out: F32) -> None:
        """Write norm(x)·gamma + beta.

        Args:
            x: (…, B, C), contiguous.
            gamma: (8, C/8), or (B, 8, C/8) to tell pictures apart.
            beta: like gamma.
            out: like x, and another array, since it holds x² on the way.
        """
        flat, square = x.reshape(self._flat), out.reshape(self._flat)
        np.multiply(flat, flat, square)
        np.matmul(self._mean_row, flat, self._mean_out)
        np.matmul(self._mean_row, square, self._square_out)
        np.matmul(self._by_channel, self._to_groups, self._by_group)
        self._fold(gamma, beta)
        rows = out.reshape(self._rows)
        np.multiply(x.reshape(self._rows), self._scale_row, rows)
        np.add(rows, self._shift_row, rows)

    def _fold(self, gamma: F32, beta: F32) -> None:
        """Turn the groups' mean and mean square into a scale and a shift a channel."""
        mean, spread, scale, shift = self._mean, self._spread, self._scale[0], self._shift[0]
        np.multiply(mean, mean, self._mean_square)
        np.subtract(spread, self._mean_square, spread)  # the variance, but for rounding
        np.maximum(spread, 0, out=spread)
        np.add(spread, EPSILON, spread)
        np.sqrt(spread, spread)
        np.divide(gamma, spread, scale)
        np.multiply(mean, scale, shift)
        np.subtract(beta, shift, shift)
        self._scale[1:] = scale
        self._shift[1:] = shift


def _power_of_two(most: int) -> int:
    """The largest one that is not above `most`, at least 1."""
    return 1 << max(most.bit_length() - 1, 0)


def by_group(channelwise: F32) -> F32:
    """View (…, C) as (…, 8, C/8), the form in which `GroupNorm` takes gamma and beta."""
    return channelwise.reshape(*channelwise.shape[:-1], GROUPS, -1)


def silu_of_half(half: F32, scratch: F32, out: F32) -> None:
    """Write silu(2·half) = half·(1 + tanh(half)).

    The halving is folded into whatever came before (a norm's gamma and beta, a kernel). Unlike 1/(1 + e⁻ˣ), tanh cannot
    overflow, and it saves the division.

    Args:
        half: any shape.
        scratch: an array like it.
        out: like it, possibly strided.
    """
    np.tanh(half, scratch)
    np.add(scratch, 1, scratch)
    np.multiply(half, scratch, out)


def silu(x: F32) -> F32:
    """x·sigmoid(x), for small arrays."""
    half = x * np.float32(0.5)
    result: F32 = half * (1 + np.tanh(half))
    return result


def layer_norm(x: F32, weight: F32, bias: F32) -> F32:
    """Layer norm over the last axis."""
    centred = x - x.mean(-1, keepdims=True)
    variance = np.mean(centred * centred, -1, keepdims=True)
    result: F32 = centred / np.sqrt(variance + EPSILON) * weight + bias
    return result
