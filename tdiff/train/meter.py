"""The log of a training: running errors by noise level, kept on the device until they are written."""

import json
import time
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from tdiff.train.objective import alpha_sigma

_BANDS: Final = (0.0, 0.35, 0.65, 0.85, 1.01)
"""Noise levels σ between which the loss is logged apart."""
_NAMES: Final = [f"{low:.2f}-{high:.2f}" for low, high in pairwise(_BANDS)]


class Meter:
    """Adds up errors and writes their means.

    Args:
        path: file that a line of JSON is appended to; None writes nothing.
        device: where the errors are.
    """

    def __init__(self, path: Path | None, device: torch.device) -> None:
        self._path, self._device = path, device
        self._edges = torch.tensor(_BANDS[1:-1], device=device)
        self._clear()

    def add(self, t: Tensor, squared: Tensor, asked: dict[str, Tensor]) -> None:
        """Take up a step: levels (B,), each picture's squared error of v (B,), and what else was asked."""
        band = torch.bucketize(alpha_sigma(t)[1], self._edges, right=True)
        self._sums.index_add_(0, band, squared)
        self._counts.index_add_(0, band, torch.ones_like(squared))
        for name, value in asked.items():
            self._asked[name] = self._asked.get(name, 0) + value
        self._steps += 1

    def write(self, **said: Any) -> None:
        """Append the means since the last time, and what else is to be said, and begin anew."""
        seconds, seen = time.monotonic() - self._since, float(self._counts.sum())
        by_level = (self._sums / self._counts.clamp_min(1)).tolist()
        entry = said | {
            "v_mse": round(float(self._sums.sum()) / max(seen, 1), 5),
            "by_noise_level": {name: round(value, 5) for name, value in zip(_NAMES, by_level, strict=True)},
            **{name: round(float(value) / self._steps, 5) for name, value in self._asked.items()},
            "pictures_per_s": round(seen / seconds, 1),
        }
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as log:
                log.write(json.dumps(entry) + "\n")
        self._clear()

    def _clear(self) -> None:
        self._sums, self._counts = torch.zeros(2, len(_NAMES), device=self._device)
        self._asked: dict[str, Any] = {}
        self._steps, self._since = 0, time.monotonic()
