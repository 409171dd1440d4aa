"""What a training step says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tdiff.arrays import F32, Floats
from tdiff.tinytrain.adam import AdamState
from tdiff.tinytrain.settings import Parametrization, TinySettings

BAND_EDGES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Noise levels σ between which errors are told apart."""
BANDS: Final = len(BAND_EDGES) - 1


@dataclass(frozen=True)
class StepReport:
    """One training step in numbers.

    Attributes:
        step: how many steps have been taken, this one included.
        loss: what was minimised: the mean of the weighted squared errors.
        error: mean squared error of the output, unweighted.
        band_errors: that by noise level, for the bands between `BAND_EDGES`; NaN where a batch had no picture.
        band_x0_errors: mean squared error of the clean guess x̂_0, kept within [-1, 1], by noise level: what
            runs with different parametrizations can be compared by.
        learning_rate: that was used, the first hundred steps' ramp included.
        gradient_norm: length of the loss's gradient.
        update_norm: length of the change of all weights.
    """

    step: int
    loss: float
    error: float
    band_errors: tuple[float, ...]
    band_x0_errors: tuple[float, ...]
    learning_rate: float
    gradient_norm: float
    update_norm: float


@dataclass(frozen=True, eq=False)
class OneStep:
    """One picture's way through a training step; arrays are (16, 16, 3) float32.

    Attributes:
        report: of the whole step, all pictures of its batch together.
        parametrization: what the output stands for.
        picture_index: which training picture.
        level: σ, the noise level.
        alpha: share of picture.
        picture: x_0.
        noise: ε.
        mixture: x_t = α·x_0 + σ·ε.
        target: what the network should have said.
        prediction: what it said.
        clean_guess: x̂_0 from the prediction, not clipped.
        squared_error: mean squared error of the prediction.
        weight: how much that counts at this level.
        squared_error_after: the same picture, noise and level asked again after the step.
    """

    report: StepReport
    parametrization: Parametrization
    picture_index: int
    level: float
    alpha: float
    picture: F32
    noise: F32
    mixture: F32
    target: F32
    prediction: F32
    clean_guess: F32
    squared_error: float
    weight: float
    squared_error_after: float

    @property
    def gradient_norm(self) -> float:
        """Length of the gradient of the whole batch's loss."""
        return self.report.gradient_norm

    @property
    def update_norm(self) -> float:
        """Length of the nudge to all weights."""
        return self.report.update_norm


@dataclass(frozen=True, eq=False)
class TrainerState:
    """All that training changes, so that it can go on from here; copies, never written to."""

    settings: TinySettings
    weights: Floats
    average: Floats
    adam: AdamState
    generator: Mapping[str, Any]
    """State of the random generator."""
    learning_rate: float


def by_band(values: Floats, sigma: Floats) -> tuple[float, ...]:
    """Means of (B,) values by the noise levels (B,) they belong to, for the bands between `BAND_EDGES`."""
    band = np.digitize(sigma, BAND_EDGES[1:-1])
    counts = np.bincount(band, minlength=BANDS)
    sums = np.bincount(band, weights=values, minlength=BANDS)
    return tuple(float(total / count) if count else float("nan") for total, count in zip(sums, counts, strict=True))
