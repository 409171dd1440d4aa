"""One stage of the U-Net, a residual block with its attentions, and the maps that it works on."""

import numpy as np

from tdiff.arrays import F32
from tdiff.model.attention import (
    CrossAttention,
    CrossAttentionWeights,
    PromptMatrices,
    SelfAttention,
    SelfAttentionWeights,
)
from tdiff.model.conv import Conv, ConvWeights
from tdiff.model.memory import Arena, Room
from tdiff.model.norm import GroupNorm, by_group, silu_of_half
from tdiff.model.transformer import Weights

Modulation = tuple[F32, F32]
"""Half of 1 + scale and half the shift of a residual block, each (B, 8, C/8); the SiLU after them takes halves."""

_HALF = np.float32(0.5)


class StageWeights:
    """Weights of one stage.

    Args:
        arena: where to keep them.
        weights: tensors of the denoiser.
        name: of the stage, "down16.0".
        side: of its maps.
    """

    def __init__(self, arena: Arena, weights: Weights, name: str, side: int) -> None:
        block = f"{name}.block"
        self.channels = len(weights[f"{block}.norm1.weight"])
        self.gamma, self.beta = (by_group(weights[f"{block}.norm1.{kind}"] * _HALF) for kind in ("weight", "bias"))
        self.conv1, self.conv2 = (
            ConvWeights(arena, weights[f"{block}.{conv}.weight"], weights[f"{block}.{conv}.bias"], side)
            for conv in ("conv1", "conv2")
        )
        has_self = f"{name}.self_attention.qkv.weight" in weights
        self.self_attention = SelfAttentionWeights(arena, weights, f"{name}.self_attention") if has_self else None
        self.cross_attention = CrossAttentionWeights(weights, f"{name}.cross_attention")


class Maps:
    """The feature maps of one resolution and every buffer that a stage needs there.

    Args:
        room: where to make the buffers.
        side, channels: shape of the maps, (side, side, B, C).
        longest: tokens of the longest prompt.
    """

    def __init__(self, room: Room, side: int, channels: int, longest: int) -> None:
        places, batch = side * side, room.batch
        self.square = room.kept.empty(side, side, batch, channels)
        self.rows: F32 = self.square.reshape(places * batch, channels)
        self.conv = Conv(room, side, channels, channels)
        self.norm = GroupNorm(places, batch, channels)
        self._by_place = self.square.reshape(places, batch, channels)
        self._hidden = room.kept.empty(side, side, batch, channels)
        self._self_attention = SelfAttention(room, self.norm, places, channels)
        self._cross_attention = CrossAttention(room, self.norm, places, channels, longest)
        room.scratch.restart()
        self._half, self._tanh = (room.scratch.empty(side, side, batch, channels) for _ in range(2))

    def run(self, stage: StageWeights, modulation: Modulation, prompt: PromptMatrices) -> F32:
        """Run a stage on these maps, in place; return its cross-attention map (B, heads, HW, L), a buffer."""
        self.norm_silu(self.square, stage.gamma, stage.beta, self.conv.inside)
        self.conv(stage.conv1, self._hidden)
        self.norm_silu(self._hidden, *modulation, self.conv.inside)
        self.conv.add_to(self.square, stage.conv2)
        if stage.self_attention is not None:
            self._self_attention(self.rows, stage.self_attention)
        self._cross_attention(self._by_place, stage.cross_attention, prompt)
        return self._cross_attention.map

    def norm_silu(self, x: F32, half_gamma: F32, half_beta: F32, out: F32) -> None:
        """Write silu(norm(x)·gamma + beta), possibly into strides, given half of gamma and beta."""
        self.norm(x, half_gamma, half_beta, self._half)
        silu_of_half(self._half, self._tanh, out)
