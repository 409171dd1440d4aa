"""How noise level and prompt reach the residual blocks: one embedding, one scale and one shift a channel."""

import math
from collections.abc import Sequence

import numpy as np

from tdiff.arrays import F32
from tdiff.model.norm import by_group, silu
from tdiff.model.stage import Modulation
from tdiff.model.transformer import Weights, linear


class Modulator:
    """All residual blocks' modulation layers, side by side.

    Args:
        weights: tensors of the denoiser.
        stages: names of its stages, in order.
    """

    def __init__(self, weights: Weights, stages: Sequence[str]) -> None:
        self._time = {f"time{i}.{kind}": weights[f"time{i}.{kind}"] for i in (1, 2) for kind in ("weight", "bias")}
        layers = [f"{stage}.block.modulate" for stage in stages]
        self._matrix: F32 = np.concatenate([weights[f"{layer}.weight"] for layer in layers]).T  # (256, sum of 2·C)
        self._bias: F32 = np.concatenate([weights[f"{layer}.bias"] for layer in layers])
        self._channels = [len(weights[f"{layer}.bias"]) // 2 for layer in layers]

    def __call__(self, times: Sequence[float], pooled: F32) -> list[list[Modulation]]:
        """Compute every block's modulation at every time in one product.

        Args:
            times: n values of t in [0, 1].
            pooled: (B, 256) what each prompt adds to the time's embedding.

        Returns:
            For each time and each stage in order: half of 1 + scale and half the shift, each (B, 8, C/8).
        """
        timed = linear(silu(linear(time_features(times), self._time, "time1")), self._time, "time2")  # (n, 256)
        embedding = silu(timed[:, None] + pooled).reshape(len(times) * len(pooled), -1)
        half = (embedding @ self._matrix + self._bias) * np.float32(0.5)
        return [self._split(row) for row in half.reshape(len(times), len(pooled), -1)]

    def _split(self, row: F32) -> list[Modulation]:
        """(B, sum of 2·C) → each block's two parts, copied, as each is read at every place."""
        parts, at = [], 0
        for channels in self._channels:
            scale, shift = row[:, at : at + channels], row[:, at + channels : at + 2 * channels]
            parts.append((by_group(scale + np.float32(0.5)), by_group(shift.copy())))
            at += 2 * channels
        return parts


def time_features(times: Sequence[float], width: int = 128) -> F32:
    """(n,) in [0, 1] → (n, width): cosines, then sines, of 1000·t (Vaswani et al. 2017, §3.5)."""
    half = width // 2
    rates = np.exp(np.float32(-math.log(10000.0)) * np.arange(half, dtype=np.float32) / half)
    angles = np.float32(1000) * np.asarray(times, np.float32)[:, None] * rates
    return np.concatenate([np.cos(angles), np.sin(angles)], -1)
