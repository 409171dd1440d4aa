"""What the denoiser knows of a prompt: computed once, read at every step.

A cross-attention layer asks softmax(x·Wq·Kᵀ)·V·Wo + b for every place x. Keys and values hang on the prompt
alone, so Wq·Kᵀ and V·Wo are multiplied out here: two narrow matrices a head and token take the place of three wide
ones. As each head's attention sums to 1, b can be handed out to the tokens. The result is the same up to rounding.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32
from tdiff.model.shapes import HEAD
from tdiff.model.transformer import Weights, context, linear


@dataclass(frozen=True, eq=False, slots=True)
class LayerContext:
    """One cross-attention layer's view of one prompt.

    Attributes:
        ask: (C, heads·L) Wq·Kᵀ/√32.
        ask_bias: (heads·L,) bq·Kᵀ/√32.
        tell: (heads·L, C) V·Wo + b / heads.
    """

    ask: F32
    ask_bias: F32
    tell: F32


@dataclass(frozen=True, eq=False, slots=True)
class TextContext:
    """One prompt, encoded for the denoiser; this is what diffusion calls a condition.

    Attributes:
        ids: token ids, without padding.
        layers: one for each cross-attention layer, in the network's order.
        pooled: (256,) what the prompt adds to the time embedding.
    """

    ids: tuple[int, ...]
    layers: tuple[LayerContext, ...]
    pooled: F32

    @property
    def length(self) -> int:
        """Number of tokens."""
        return len(self.ids)


class ContextEncoder:
    """Text states → TextContext.

    Args:
        weights: tensors of the denoiser.
        layers: names of its cross-attention layers, in order.
    """

    def __init__(self, weights: Weights, layers: Sequence[str]) -> None:
        kept = ("context.", "pool.", *layers)
        self._weights = {name: value for name, value in weights.items() if name.startswith(kept)}
        self._layers = tuple(layers)

    def encode(self, ids: Sequence[int], states: F32) -> TextContext:
        """Encode a prompt.

        Args:
            ids: 1 … 16 token ids.
            states: (L, 128) the frozen text tower's states for them.
        """
        x = self.read(ids, states)
        layers = tuple(self._layer(x, name) for name in self._layers)
        return TextContext(tuple(ids), layers, linear(x.mean(0), self._weights, "pool"))

    def read(self, ids: Sequence[int], states: F32) -> F32:
        """Return what the network makes of each token before any layer looks at it, (L, 128); see `encode`."""
        return context(ids, states, self._weights, "context")

    def _layer(self, read: F32, name: str) -> LayerContext:
        w = self._weights
        query, query_bias = w[f"{name}.query.weight"], w[f"{name}.query.bias"]  # (C, C), (C,)
        channels, length = len(query_bias), len(read)
        heads = channels // HEAD
        keys, values = linear(read, w, f"{name}.key_value").reshape(length, 2, heads, HEAD).transpose(1, 2, 0, 3)
        keys = keys / np.float32(np.sqrt(HEAD))  # (heads, L, 32)
        per_head = query.reshape(heads, HEAD, channels)
        ask = np.matmul(keys, per_head).transpose(2, 0, 1).reshape(channels, heads * length)
        ask_bias = np.matmul(keys, query_bias.reshape(heads, HEAD, 1)).reshape(heads * length)
        out = w[f"{name}.out.weight"].T.reshape(heads, HEAD, channels)
        tell = np.matmul(values, out).reshape(heads * length, channels) + w[f"{name}.out.bias"] / np.float32(heads)
        return LayerContext(np.ascontiguousarray(ask), ask_bias, tell)
