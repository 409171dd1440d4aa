"""The denoiser: a text-conditional U-Net that predicts v. The same network as `tdiff.train.unet`, to 1e-4."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tdiff.model.bound import BoundDenoiser
from tdiff.model.context import ContextEncoder, TextContext
from tdiff.model.conv import ConvWeights
from tdiff.model.layout import cell_order
from tdiff.model.norm import silu
from tdiff.model.stage import StageWeights, time_features
from tdiff.model.transformer import Weights, linear

F32 = NDArray[np.float32]

EMBED = 256
_PARTS = ("down16", "down8", "middle", "up8", "up16")
_SIDES = {"down16": 16, "down8": 8, "middle": 4, "up8": 8, "up16": 16}


class SpriteDenoiser:
    """The network, ready to be bound to prompts.

    Args:
        weights: tensors of the denoiser, float32.
    """

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self.stages: dict[str, list[StageWeights]] = {
            part: [
                StageWeights(weights, f"{part}.{i}", _SIDES[part])
                for i in range(sum(f"{part}.{i}.block.conv1.weight" in weights for i in range(16)))
            ]
            for part in _PARTS
        }
        names = [f"{part}.{i}.cross_attention" for part in _PARTS for i in range(len(self.stages[part]))]
        self._encoder = ContextEncoder(weights, names)
        self.cross_layers: tuple[str, ...] = tuple(names)

    def encode(self, ids: Sequence[int], states: F32) -> TextContext:
        """Return what the network needs of a prompt: token ids and the text tower's states (L, 128)."""
        return self._encoder.encode(ids, states)

    def bind(
        self, conditions: Sequence[TextContext], times: Sequence[float] = (), keep_attention: bool = False
    ) -> BoundDenoiser:
        """Fix the prompts, one for each picture of the batch.

        Args:
            conditions: encoded prompts.
            times: every t that will be asked for, so that all are embedded in one product.
            keep_attention: copy each call's cross-attention maps to `BoundDenoiser.attention`.
        """
        pooled = np.stack([condition.pooled for condition in conditions])
        return BoundDenoiser(self, conditions, lambda t: self.modulations(t, pooled), times, keep_attention)

    @cached_property
    def stem(self) -> ConvWeights:
        """First convolution, taking cells of 2×2 pixels in (dy, dx, c) order."""
        kernel = self._weights["stem.weight"][:, cell_order(3)]
        return ConvWeights(kernel, self._weights["stem.bias"], 16)

    @cached_property
    def detail(self) -> ConvWeights:
        """Convolution to four times 16 channels. Its input comes negated and its output shall be, so only the bias is."""
        order = cell_order(len(self._weights["detail.weight"]) // 4)
        return ConvWeights(self._weights["detail.weight"][order], -self._weights["detail.bias"][order], 16)

    @cached_property
    def last(self) -> ConvWeights:
        """The full-resolution 3×3 convolution, written as one over cells of 2×2 pixels, negated for its input.

        Output pixel (dy, dx) of a cell sees input pixel (dy + u - 1, dx + v - 1) through tap (u, v); that
        pixel lies in a neighbouring cell wherever the sum leaves 0 … 1.
        """
        kernel = self._weights["last.weight"]  # (3, 16, 3, 3)
        colours, detail = kernel.shape[:2]
        wide = np.zeros((2, 2, colours, 2, 2, detail, 3, 3), np.float32)
        for dy, dx, u, v in np.ndindex(2, 2, 3, 3):
            row, column = dy + u - 1, dx + v - 1
            wide[dy, dx, :, row % 2, column % 2, :, row // 2 + 1, column // 2 + 1] = kernel[:, :, u, v]
        bias: F32 = np.tile(self._weights["last.bias"], 4)
        return ConvWeights(-wide.reshape(4 * colours, 4 * detail, 3, 3), bias, 16)

    @cached_property
    def resamplers(self) -> dict[str, tuple[F32, F32]]:
        """Linear maps between resolutions as ((in, out), bias), cells in (dy, dx, c) order."""
        made = {}
        for name in ("shrink8", "shrink4", "grow8", "grow16"):
            weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
            if name.startswith("shrink"):
                weight = weight[:, cell_order(weight.shape[1] // 4)]
            else:
                order = cell_order(weight.shape[0] // 4)
                weight, bias = weight[order], bias[order]
            made[name] = np.ascontiguousarray(weight.T), bias
        return made

    @cached_property
    def final_norm(self) -> tuple[F32, F32]:
        """Scale and shift after the last group norm."""
        return self._weights["norm.weight"], self._weights["norm.bias"]

    @cached_property
    def _modulate(self) -> tuple[F32, F32]:
        """All residual blocks' modulation layers side by side: (256, sum of 2·C), bias."""
        every = [stage for part in _PARTS for stage in self.stages[part]]
        return np.concatenate([s.modulate for s in every], 1), np.concatenate([s.modulate_bias for s in every])

    def modulations(self, times: Sequence[float], pooled: F32) -> list[list[tuple[F32, F32]]]:
        """Scale and shift of every residual block at every time, in one product.

        Args:
            times: n values of t.
            pooled: (B, 256) what each prompt adds.

        Returns:
            For each time and each stage in network order: 1 + scale and shift, each (B, 1, C).
        """
        w = self._weights
        timed = linear(silu(linear(time_features(times), w, "time1")), w, "time2")  # (n, 256)
        embedding = silu(timed[:, None] + pooled[None]).reshape(-1, EMBED)  # (n·B, 256)
        matrix, bias = self._modulate
        flat = (embedding @ matrix + bias).reshape(len(times), len(pooled), 1, -1)
        result = []
        for row in flat:
            stages, at = [], 0
            for channels in (stage.channels for part in _PARTS for stage in self.stages[part]):
                scale, shift = row[..., at : at + channels], row[..., at + channels : at + 2 * channels]
                stages.append((1 + scale, np.ascontiguousarray(shift)))
                at += 2 * channels
            result.append(stages)
        return result
