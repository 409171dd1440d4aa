"""One stage of the U-Net, a residual block with its attentions, and the maps that it works on."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tdiff.model.attention import (
    CrossAttention,
    CrossAttentionWeights,
    PromptMatrices,
    SelfAttention,
    SelfAttentionWeights,
)
from tdiff.model.conv import Conv, ConvWeights
from tdiff.model.norm import Norm, normalise_silu_negated
from tdiff.model.transformer import Weights

F32 = NDArray[np.float32]

Modulation = tuple[F32, F32]
"""1 + scale and shift of a residual block, each (B, 1, C)."""


class StageWeights:
    """Weights of one stage; kernels after a SiLU are negated, since the SiLUs here come negated."""

    def __init__(self, weights: Weights, name: str, side: int) -> None:
        block = f"{name}.block"
        kernel1, kernel2 = weights[f"{block}.conv1.weight"], weights[f"{block}.conv2.weight"]
        self.channels = len(kernel1)
        self.gamma, self.beta = weights[f"{block}.norm1.weight"], weights[f"{block}.norm1.bias"]
        self.conv1 = ConvWeights(-kernel1, weights[f"{block}.conv1.bias"], side)
        self.conv2 = ConvWeights(-kernel2, weights[f"{block}.conv2.bias"], side)
        self.modulate: F32 = weights[f"{block}.modulate.weight"].T
        self.modulate_bias: F32 = weights[f"{block}.modulate.bias"]
        has_self = f"{name}.self_attention.qkv.weight" in weights
        self.self_attention = SelfAttentionWeights(weights, f"{name}.self_attention") if has_self else None
        self.cross_attention = CrossAttentionWeights(weights, f"{name}.cross_attention")


class Maps:
    """The feature maps of one resolution and every buffer that a stage needs there.

    Args:
        batch, side, channels: shape of the maps.
        longest: tokens of the longest prompt.
    """

    def __init__(self, batch: int, side: int, channels: int, longest: int) -> None:
        places = side * side
        self.square: F32 = np.empty((batch, side, side, channels), np.float32)
        self.flat: F32 = self.square.reshape(batch, places, channels)
        self.hidden: F32 = np.empty_like(self.square)
        self.conv = Conv(batch, side, channels, channels)
        self.norm = Norm(batch, places, channels)
        self.scratch = np.empty_like(self.flat), np.empty_like(self.flat)
        self._hidden_flat = self.hidden.reshape(batch, places, channels)
        self._self_attention = SelfAttention(batch, places, channels)
        self._cross_attention = CrossAttention(batch, places, channels, longest)

    def run(self, stage: StageWeights, modulation: Modulation, prompt: PromptMatrices) -> F32:
        """Run a stage on these maps, in place; return its cross-attention map, a buffer."""
        scale, shift = self.norm.scale_shift(self.flat)
        gamma, beta = stage.gamma, stage.beta
        normalise_silu_negated(self.flat, scale * gamma, shift * gamma + beta, self.scratch, self.conv.inside)
        self.conv(stage.conv1, self.hidden, add=False)
        scale, shift = self.norm.scale_shift(self._hidden_flat)
        gain, offset = modulation
        normalise_silu_negated(
            self._hidden_flat, scale * gain, shift * gain + offset, self.scratch, self.conv.inside
        )
        self.conv(stage.conv2, self.square, add=True)
        if stage.self_attention is not None:
            self._self_attention(self.flat, stage.self_attention)
        return self._cross_attention(self.flat, stage.cross_attention, prompt)


def time_features(times: Sequence[float], width: int = 128) -> F32:
    """(n,) in [0, 1] → (n, width): cosines, then sines, of 1000·t (Vaswani et al. 2017, §3.5)."""
    half = width // 2
    rates = np.exp(np.float32(-math.log(10000.0)) * np.arange(half, dtype=np.float32) / half)
    angles = np.float32(1000) * np.asarray(times, np.float32)[:, None] * rates
    return np.concatenate([np.cos(angles), np.sin(angles)], -1)
