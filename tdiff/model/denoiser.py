"""The denoiser: a text-conditional U-Net that predicts v. The same network as `tdiff.torch_model.unet`, to 1e-4."""

from collections.abc import Sequence

import numpy as np

from tdiff.arrays import F32
from tdiff.model.bound import BoundDenoiser
from tdiff.model.context import ContextEncoder, TextContext
from tdiff.model.conv import ConvWeights
from tdiff.model.embedding import Modulator
from tdiff.model.layout import cell_order
from tdiff.model.memory import Arena
from tdiff.model.norm import by_group
from tdiff.model.shapes import check_denoiser
from tdiff.model.stage import StageWeights
from tdiff.model.transformer import Weights, depth

_SIDES = {"down16": 16, "down8": 8, "middle": 4, "up8": 8, "up16": 16}
"""Parts of the network in order, and the side of their maps."""

_HALF = np.float32(0.5)


class SpriteDenoiser:
    """The network, ready to be bound to prompts.

    Args:
        weights: tensors of the denoiser, float32.

    Raises:
        WeightsError: they are not a denoiser's.
    """

    def __init__(self, weights: Weights) -> None:
        check_denoiser(weights)
        arena = Arena()
        names = {part: [f"{part}.{i}" for i in range(depth(weights, part, "block.norm1.weight"))] for part in _SIDES}
        self.stages: dict[str, list[StageWeights]] = {
            part: [StageWeights(arena, weights, name, side) for name in names[part]] for part, side in _SIDES.items()
        }
        a, b, c = (self.stages[part][0].channels for part in ("down16", "down8", "middle"))
        self.widths = a, b, c
        self.cross_layers: tuple[str, ...] = tuple(f"{n}.cross_attention" for part in names.values() for n in part)
        self.stem = _stem(arena, weights)
        self.resamplers = {name: _resampler(arena, weights, name) for name in ("shrink8", "shrink4", "grow8", "grow16")}
        self.final_norm = by_group(weights["norm.weight"] * _HALF), by_group(weights["norm.bias"] * _HALF)
        self.detail, self.last = _detail(arena, weights), _last(arena, weights)
        self._encoder = ContextEncoder(weights, self.cross_layers)
        self._modulator = Modulator(weights, [name for part in names.values() for name in part])

    def encode(self, ids: Sequence[int], states: F32) -> TextContext:
        """Return what the network needs of a prompt: token ids and the text tower's states (L, 128)."""
        return self._encoder.encode(ids, states)

    def read(self, ids: Sequence[int], states: F32) -> F32:
        """Return what the network makes of each token of a prompt, (L, 128)."""
        return self._encoder.read(ids, states)

    def bind(self, conditions: Sequence[TextContext], times: Sequence[float] = ()) -> BoundDenoiser:
        """Fix the prompts, one for each picture of the batch.

        Args:
            conditions: encoded prompts.
            times: every t that will be asked for, so that all are embedded in one product.
        """
        return BoundDenoiser(self, conditions, self._modulator, times)

    def look(self, x_t: F32, t: float, conditions: Sequence[TextContext]) -> tuple[F32, tuple[F32, ...]]:
        """Predict once, and keep the cross-attention.

        Args:
            x_t: (B, 32, 32, 3).
            t: in [0, 1].
            conditions: encoded prompts, one for each picture.

        Returns:
            v, (B, 32, 32, 3), and for each cross-attention layer (B, heads, side, side, L), summing to 1 over the L
            tokens.
        """
        bound = BoundDenoiser(self, conditions, self._modulator, (t,), keep_attention=True)
        v = bound(x_t, t)
        sides = [_SIDES[part] for part, stages in self.stages.items() for _ in stages]
        maps = zip(bound.attention or (), sides, strict=True)
        return v, tuple(layer.reshape(*layer.shape[:2], side, side, -1) for layer, side in maps)


def _stem(arena: Arena, weights: Weights) -> ConvWeights:
    """First convolution, taking cells of 2×2 pixels in (dy, dx, c) order."""
    return ConvWeights(arena, weights["stem.weight"][:, cell_order(3)], weights["stem.bias"], 16)


def _detail(arena: Arena, weights: Weights) -> ConvWeights:
    """Convolution to four times 16 channels, halved for the SiLU that follows."""
    kernel, bias = weights["detail.weight"], weights["detail.bias"]
    order = cell_order(len(kernel) // 4)
    return ConvWeights(arena, kernel[order] * _HALF, bias[order] * _HALF, 16)


def _last(arena: Arena, weights: Weights) -> ConvWeights:
    """The full-resolution 3×3 convolution, written as one over cells of 2×2 pixels.

    Output pixel (dy, dx) of a cell sees input pixel (dy + u - 1, dx + v - 1) through tap (u, v); that pixel lies in a
    neighbouring cell wherever the sum leaves 0 … 1.
    """
    kernel = weights["last.weight"]  # (3, 16, 3, 3)
    colours, fine = kernel.shape[:2]
    wide = np.zeros((2, 2, colours, 2, 2, fine, 3, 3), np.float32)
    for dy, dx, u, v in np.ndindex(2, 2, 3, 3):
        row, column = dy + u - 1, dx + v - 1
        wide[dy, dx, :, row % 2, column % 2, :, row // 2 + 1, column // 2 + 1] = kernel[:, :, u, v]
    return ConvWeights(arena, wide.reshape(4 * colours, 4 * fine, 3, 3), np.tile(weights["last.bias"], 4), 16)


def _resampler(arena: Arena, weights: Weights, name: str) -> tuple[F32, F32]:
    """A linear map between resolutions as ((in, out), bias), cells in (dy, dx, c) order."""
    weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
    if name.startswith("shrink"):
        weight = weight[:, cell_order(weight.shape[1] // 4)]
    else:
        order = cell_order(weight.shape[0] // 4)
        weight, bias = weight[order], bias[order]
    return arena.copy(weight.T), bias
