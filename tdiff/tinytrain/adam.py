"""How weights follow gradients: Adam, and the running average of the weights that samples are drawn from."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from tdiff.arrays import Floats

BETA1: Final = 0.9
BETA2: Final = 0.98
EPSILON: Final = 1e-10  # gradients of a mean over 768 numbers are small
AVERAGE_RATE: Final = 0.02
"""Share of the newest weights in the average once it is under way: it looks back about 50 steps, half a second."""
_CHUNK = 32_768  # 128 kB each of weights, average, gradient and moments stay in the cache between operations


@dataclass(frozen=True, eq=False)
class AdamState:
    """Both moments, and how many steps they have seen."""

    first: Floats
    second: Floats
    steps: int


class Adam:
    """Adam (Kingma & Ba 2015, algorithm 1) with an exponential moving average of the weights."""

    def __init__(self, size: int) -> None:
        """Start with moments of zero, for `size` weights."""
        self._first, self._second = np.zeros(size, np.float32), np.zeros(size, np.float32)
        self._scratch = np.empty(min(size, _CHUNK), np.float32)
        self.steps = 0

    def step(self, weights: Floats, gradients: Floats, average: Floats, learning_rate: float) -> float:
        """Move the weights once, and the average after them.

        Args:
            weights: (size,), changed in place.
            gradients: (size,).
            average: (size,), changed in place; equal weights in the first step.
            learning_rate: the step size α of the paper.

        Returns:
            The length of the update, √Σ Δw².
        """
        self.steps += 1
        # While there were fewer than 50 steps, the plain mean of their weights: nothing is left of the very first.
        rate = max(AVERAGE_RATE, 1 / self.steps)
        squares = 0.0
        for start in range(0, len(weights), _CHUNK):
            part = slice(start, start + _CHUNK)
            update = self._update(part, gradients[part], learning_rate)
            squares += float(np.dot(update, update))
            weights[part] -= update
            np.subtract(weights[part], average[part], out=update)
            update *= rate
            average[part] += update
        return sqrt(squares)

    def _update(self, part: slice, gradient: Floats, learning_rate: float) -> Floats:
        """α·m̂/(√v̂ + ε) in the scratch buffer, after both moments have moved."""
        first, second = self._first[part], self._second[part]
        scratch = self._scratch[: len(gradient)]
        np.subtract(gradient, first, out=scratch)
        scratch *= 1 - BETA1
        first += scratch
        np.square(gradient, out=scratch)
        scratch -= second
        scratch *= 1 - BETA2
        second += scratch
        np.sqrt(second, out=scratch)
        scratch *= 1 / sqrt(1 - BETA2**self.steps)
        scratch += EPSILON
        np.divide(first, scratch, out=scratch)
        scratch *= learning_rate / (1 - BETA1**self.steps)
        return scratch

    def state(self) -> AdamState:
        """A copy of all that steps change."""
        return AdamState(self._first.copy(), self._second.copy(), self.steps)

    def restore(self, state: AdamState) -> None:
        """Go back to a state."""
        self._first[:], self._second[:], self.steps = state.first, state.second, state.steps
