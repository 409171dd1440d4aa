"""Self- and cross-attention over maps, with every buffer made beforehand."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tdiff.model.context import HEAD, LayerContext
from tdiff.model.norm import Norm, normalise
from tdiff.model.transformer import Weights

F32 = NDArray[np.float32]

_LARGEST = np.float32(80)  # e^80 is finite in float32, and so is a sum of thousands of them
_TINY = np.float32(1e-30)


def _exp(scores: F32) -> None:
    """Exponential in place. Scores stay far below 80, so capping replaces the usual subtraction of the maximum."""
    np.minimum(scores, _LARGEST, out=scores)
    np.exp(scores, out=scores)


class SelfAttentionWeights:
    """Projections as (in, out) matrices, 1/√32 folded into the queries."""

    def __init__(self, weights: Weights, name: str) -> None:
        qkv, bias = weights[f"{name}.qkv.weight"].copy(), weights[f"{name}.qkv.bias"].copy()
        channels = qkv.shape[1]
        qkv[:channels] /= np.float32(np.sqrt(HEAD))
        bias[:channels] /= np.float32(np.sqrt(HEAD))
        self.qkv: F32 = np.ascontiguousarray(qkv.T)
        self.qkv_bias: F32 = bias
        self.out: F32 = np.ascontiguousarray(weights[f"{name}.out.weight"].T)
        self.out_bias: F32 = weights[f"{name}.out.bias"]
        self.gamma, self.beta = weights[f"{name}.norm.weight"], weights[f"{name}.norm.bias"]


class SelfAttention:
    """x + attention(norm(x)) for maps of one shape, in place.

    Args:
        batch, places, channels: shape of the maps, (B, HW, C).
    """

    def __init__(self, batch: int, places: int, channels: int) -> None:
        heads = channels // HEAD
        self._norm = Norm(batch, places, channels)
        self._normed = np.empty((batch, places, channels), np.float32)
        self._qkv = np.empty((batch, places, 3 * channels), np.float32)
        split = self._qkv.reshape(batch, places, 3, heads, HEAD).transpose(2, 0, 3, 1, 4)
        self._q, self._k, self._v = split[0], split[1].swapaxes(-1, -2), split[2]
        self._scores = np.empty((batch, heads, places, places), np.float32)
        self._ones = np.ones((places, 1), np.float32)
        self._sums = np.empty((batch, heads, places, 1), np.float32)
        self._mixed = np.empty((batch, heads, places, HEAD), np.float32)
        self._joined = np.empty((batch, places, heads, HEAD), np.float32)
        self._out = np.empty((batch, places, channels), np.float32)

    def __call__(self, x: F32, weights: SelfAttentionWeights) -> None:
        """Add attention's result to x (B, HW, C)."""
        scale, shift = self._norm.scale_shift(x)
        normalise(x, scale * weights.gamma, shift * weights.gamma + weights.beta, self._normed)
        rows = self._normed.shape[0] * self._normed.shape[1]
        np.matmul(self._normed.reshape(rows, -1), weights.qkv, out=self._qkv.reshape(rows, -1))
        np.add(self._qkv, weights.qkv_bias, out=self._qkv)
        np.matmul(self._q, self._k, out=self._scores)
        _exp(self._scores)
        np.matmul(self._scores, self._ones, out=self._sums)
        np.matmul(self._scores, self._v, out=self._mixed)
        np.divide(self._mixed.swapaxes(1, 2), self._sums.swapaxes(1, 2), out=self._joined)
        np.matmul(self._joined.reshape(rows, -1), weights.out, out=self._out.reshape(rows, -1))
        np.add(self._out, weights.out_bias, out=self._out)
        np.add(x, self._out, out=x)


class CrossAttentionWeights:
    """What is left of the layer once keys and values are folded into the prompt's context."""

    def __init__(self, weights: Weights, name: str) -> None:
        self.out_bias: F32 = weights[f"{name}.out.bias"]
        self.gamma, self.beta = weights[f"{name}.norm.weight"], weights[f"{name}.norm.bias"]


class PromptMatrices:
    """One layer's contexts of a whole batch, padded to the longest prompt.

    Args:
        contexts: one a picture.
        lengths: their numbers of tokens.
    """

    def __init__(self, contexts: Sequence[LayerContext], lengths: Sequence[int]) -> None:
        channels = contexts[0].ask.shape[0]
        heads, longest, batch = channels // HEAD, max(lengths), len(contexts)
        ask = np.zeros((batch, channels, heads, longest), np.float32)
        bias = np.full((batch, 1, heads, longest), -1e4, np.float32)  # a token that is not there gets no weight
        tell = np.zeros((batch, heads, longest, channels), np.float32)
        for row, (context, length) in enumerate(zip(contexts, lengths, strict=True)):
            ask[row, :, :, :length] = context.ask.reshape(channels, heads, length)
            bias[row, 0, :, :length] = context.ask_bias.reshape(heads, length)
            tell[row, :, :length] = context.tell.reshape(heads, length, channels)
        wide = heads * longest
        self.ask, self.bias = ask.reshape(batch, channels, wide), bias.reshape(batch, 1, wide)
        self.tell = tell.reshape(batch, wide, channels)
        same_head = np.arange(wide) // longest
        self.head_sum: F32 = (same_head[:, None] == same_head[None]).astype(np.float32)
        self.heads, self.longest = heads, longest


class CrossAttention:
    """x + attention(norm(x), prompt) for maps of one shape, in place.

    Args:
        batch, places, channels: shape of the maps, (B, HW, C).
        longest: tokens of the longest prompt.
    """

    def __init__(self, batch: int, places: int, channels: int, longest: int) -> None:
        wide = channels // HEAD * longest
        self._norm = Norm(batch, places, channels)
        self._normed = np.empty((batch, places, channels), np.float32)
        self._scores = np.empty((batch, places, wide), np.float32)
        self._sums = np.empty((batch, places, wide), np.float32)
        self._out = np.empty((batch, places, channels), np.float32)

    def __call__(self, x: F32, weights: CrossAttentionWeights, prompt: PromptMatrices) -> F32:
        """Add attention's result to x (B, HW, C).

        Returns:
            The attention map (B, HW, heads·L): a buffer that the next call overwrites.
        """
        scale, shift = self._norm.scale_shift(x)
        normalise(x, scale * weights.gamma, shift * weights.gamma + weights.beta, self._normed)
        np.matmul(self._normed, prompt.ask, out=self._scores)
        np.add(self._scores, prompt.bias, out=self._scores)
        _exp(self._scores)
        np.matmul(self._scores, prompt.head_sum, out=self._sums)  # each head's sum, at each of its tokens
        np.add(self._sums, _TINY, out=self._sums)
        np.divide(self._scores, self._sums, out=self._scores)
        np.matmul(self._scores, prompt.tell, out=self._out)
        np.add(self._out, weights.out_bias, out=self._out)
        np.add(x, self._out, out=x)
        return self._scores
