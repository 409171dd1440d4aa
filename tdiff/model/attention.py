"""Self- and cross-attention over maps, with every buffer made beforehand.

Both leave out the usual subtraction of the largest score before the exponential: the sums of exponentials, which are
few, show afterwards whether it was needed, and then it is made up for.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from tdiff.arrays import F32
from tdiff.model.context import LayerContext
from tdiff.model.memory import Arena, Room
from tdiff.model.norm import GroupNorm, by_group
from tdiff.model.shapes import HEAD
from tdiff.model.transformer import Weights

_SMALLEST, _LARGEST = np.float32(1e-25), np.float32(1e35)
_ABSENT: Final = -1e4  # score of a token that is not there: its exponential is 0


def _is_safe(sums: F32) -> bool:
    """Whether sums of exponentials neither overflowed nor lost what counts below the smallest float (not if NaN)."""
    return bool(sums.min() > _SMALLEST and sums.max() < _LARGEST)


class SelfAttentionWeights:
    """Projections as (in, out) matrices.

    1/√32 is folded into the queries. A bias of the keys adds the same to all scores of a place, so it has no effect;
    one of the values passes through unchanged, as attention sums to 1, and joins the bias of the output.
    """

    def __init__(self, arena: Arena, weights: Weights, name: str) -> None:
        qkv, bias = weights[f"{name}.qkv.weight"].copy(), weights[f"{name}.qkv.bias"]
        out = weights[f"{name}.out.weight"]
        channels = len(out)
        qkv[:channels] /= np.float32(np.sqrt(HEAD))
        self.qkv: F32 = arena.copy(qkv.T)
        self.query_bias: F32 = bias[:channels] / np.float32(np.sqrt(HEAD))
        self.out: F32 = arena.copy(out.T)
        self.out_bias: F32 = weights[f"{name}.out.bias"] + out @ bias[2 * channels :]
        self.gamma, self.beta = by_group(weights[f"{name}.norm.weight"]), by_group(weights[f"{name}.norm.bias"])


class SelfAttention:
    """x + attention(norm(x)) for maps of one shape, in place.

    Args:
        room: where to make the buffers.
        norm: for maps of that shape.
        places, channels: that shape, (HW, B, C).
    """

    def __init__(self, room: Room, norm: GroupNorm, places: int, channels: int) -> None:
        heads, batch = channels // HEAD, room.batch
        empty = room.scratch.empty
        room.scratch.restart()
        self._norm = norm
        self._normed = empty(places * batch, channels)
        self._qkv = empty(places * batch, 3 * channels)
        self._queries = self._qkv[:, :channels]
        q, k, v = self._qkv.reshape(places, batch, 3, heads, HEAD).transpose(2, 1, 3, 0, 4)  # (B, heads, HW, 32)
        self._q, self._k, self._v = q, k.swapaxes(-1, -2), v
        self._scores = empty(batch, heads, places, places)
        self._ones = np.ones((places, 1), np.float32)
        self._sums = empty(batch, heads, places, 1)
        self._mixed = empty(batch, heads, places, HEAD)
        self._mixed_by_place = self._mixed.transpose(2, 0, 1, 3)
        self._sums_by_place = self._sums.transpose(2, 0, 1, 3)
        self._joined = empty(places, batch, heads, HEAD)
        self._joined_rows = self._joined.reshape(places * batch, channels)
        self._out = self._normed  # no longer needed by then

    def __call__(self, x: F32, weights: SelfAttentionWeights) -> None:
        """Add attention's result to x (HW·B, C)."""
        self._norm(x, weights.gamma, weights.beta, self._normed)
        np.matmul(self._normed, weights.qkv, self._qkv)
        np.add(self._queries, weights.query_bias, self._queries)
        np.matmul(self._q, self._k, self._scores)
        np.exp(self._scores, self._scores)
        np.matmul(self._scores, self._ones, self._sums)
        if not _is_safe(self._sums):
            self._start_again()
        np.matmul(self._scores, self._v, self._mixed)
        np.divide(self._mixed_by_place, self._sums_by_place, self._joined)
        np.matmul(self._joined_rows, weights.out, self._out)
        np.add(self._out, weights.out_bias, self._out)
        np.add(x, self._out, x)

    def _start_again(self) -> None:
        np.matmul(self._q, self._k, self._scores)
        np.subtract(self._scores, self._scores.max(-1, keepdims=True), self._scores)
        np.exp(self._scores, self._scores)
        np.matmul(self._scores, self._ones, self._sums)


class CrossAttentionWeights:
    """What is left of the layer once keys and values are folded into the prompt's context."""

    def __init__(self, weights: Weights, name: str) -> None:
        self.gamma, self.beta = by_group(weights[f"{name}.norm.weight"]), by_group(weights[f"{name}.norm.bias"])


class PromptMatrices:
    """One layer's contexts of a whole batch, padded to one length.

    Args:
        contexts: one a picture.
        longest: tokens to pad to.
    """

    def __init__(self, contexts: Sequence[LayerContext], longest: int) -> None:
        channels, batch = len(contexts[0].ask), len(contexts)
        heads = channels // HEAD
        ask = np.zeros((batch, channels, heads, longest), np.float32)
        bias = np.full((batch, heads, longest), _ABSENT, np.float32)
        tell = np.zeros((batch, heads, longest, channels), np.float32)
        for row, context in enumerate(contexts):
            length = len(context.ask_bias) // heads
            ask[row, :, :, :length] = context.ask.reshape(channels, heads, length)
            bias[row, :, :length] = context.ask_bias.reshape(heads, length)
            tell[row, :, :length] = context.tell.reshape(heads, length, channels)
        wide = heads * longest
        self.ask, self.bias = ask.reshape(batch, channels, wide), bias.reshape(batch, wide)
        self.tell = tell.reshape(batch, wide, channels)


class CrossAttention:
    """x + attention(norm(x), prompt) for maps of one shape, in place.

    Args:
        room: where to make the buffers.
        norm: for maps of that shape.
        places, channels: that shape, (HW, B, C).
        longest: tokens of the longest prompt.
    """

    def __init__(self, room: Room, norm: GroupNorm, places: int, channels: int, longest: int) -> None:
        heads, batch = channels // HEAD, room.batch
        wide = heads * longest
        empty = room.scratch.empty
        room.scratch.restart()
        self._norm = norm
        self._normed = empty(places, batch, channels)
        self._normed_by_picture = self._normed.transpose(1, 0, 2)
        self._scores = empty(places, batch, wide)
        self._scores_by_picture = self._scores.transpose(1, 0, 2)
        self._scores_rows = self._scores.reshape(-1, wide)
        self._sums = empty(places * batch, wide)
        self._head_sum = np.kron(np.eye(heads), np.ones((longest, longest))).astype(np.float32)
        self._out = empty(places, batch, channels)
        self._out_by_picture = self._out.transpose(1, 0, 2)
        self.map: F32 = self._scores.reshape(places, batch, heads, longest).transpose(1, 2, 0, 3)
        """Just after a call: each place's attention to each token, (B, heads, HW, L)."""

    def __call__(self, x: F32, weights: CrossAttentionWeights, prompt: PromptMatrices) -> None:
        """Add attention's result to x (HW, B, C)."""
        self._norm(x, weights.gamma, weights.beta, self._normed)
        np.matmul(self._normed_by_picture, prompt.ask, self._scores_by_picture)
        np.add(self._scores, prompt.bias, self._scores)
        np.exp(self._scores, self._scores)
        np.matmul(self._scores_rows, self._head_sum, self._sums)  # each head's sum, at each of its tokens
        if not _is_safe(self._sums):
            self._start_again(prompt)
        np.divide(self._scores_rows, self._sums, self._scores_rows)
        np.matmul(self._scores_by_picture, prompt.tell, self._out_by_picture)
        np.add(x, self._out, x)

    def _start_again(self, prompt: PromptMatrices) -> None:
        np.matmul(self._normed_by_picture, prompt.ask, self._scores_by_picture)
        np.add(self._scores, prompt.bias, self._scores)
        np.subtract(self.map, self.map.max(-1, keepdims=True), self.map)
        np.exp(self._scores, self._scores)
        np.matmul(self._scores_rows, self._head_sum, self._sums)
