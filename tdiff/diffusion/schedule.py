"""How much picture and how much noise there is at each time: the cosine schedule and the grid of a run.

Variance preserving: x_t = α_t·x_0 + σ_t·ε with α_t² + σ_t² = 1. Time runs from 0 (clean) to 1 (noise) and
stands for T = 1000 levels, of which the network's embedding sees 1000·t. Tools count time in both
directions, so what is shown to people is the *noise level* σ_t, never t.
"""

from math import asin, pi, sqrt
from typing import Final, Protocol, overload

import numpy as np

from tdiff.arrays import F64
from tdiff.diffusion.errors import SettingError
from tdiff.samplers import Level

T: Final = 1000
"""Levels that the times 0…1 stand for, and the most steps a run can have."""
OFFSET: Final = 0.008
"""The s of eq. 17: keeps a little noise at t = 0, so that the network never meets a level it cannot see."""
ALPHA_MIN: Final = 0.02
"""α never falls below this, so that log-SNR and σ/α stay finite at t = 1."""


@overload
def alpha_sigma(t: float) -> tuple[float, float]: ...
@overload
def alpha_sigma(t: F64) -> tuple[F64, F64]: ...
def alpha_sigma(t: float | F64) -> tuple[float, float] | tuple[F64, F64]:
    """Share of picture α_t and of noise σ_t at a time.

    α_t = max(cos((t + s)/(1 + s)·π/2), 0.02), σ_t = √(1 − α_t²): Nichol & Dhariwal 2021, eq. 17 with s =
    0.008, without its division by f(0), so that t = 0 still has σ = 0.0125. From t = 0.987 on the clamp
    holds and the level stays the same.

    Args:
        t: Time in [0, 1], a float or an array.

    Returns:
        α in [0.02, 1) and σ in (0, 1), of the kind that `t` is.

    Raises:
        SettingError: If a time lies outside [0, 1].
    """
    times = np.asarray(t, np.float64)
    if not ((times >= 0) & (times <= 1)).all():
        raise SettingError(f"a time must lie between 0 (clean) and 1 (noise), not {t}", remedy=f"divide levels by {T}")
    alpha = np.maximum(np.cos((times + OFFSET) / (1 + OFFSET) * pi / 2), ALPHA_MIN)
    sigma = np.sqrt(1 - alpha**2)
    return (alpha, sigma) if isinstance(t, np.ndarray) else (float(alpha), float(sigma))


@overload
def noise_level(t: float) -> float: ...
@overload
def noise_level(t: F64) -> F64: ...
def noise_level(t: float | F64) -> float | F64:
    """The noise level σ_t in (0, 1), which screens show as a percentage."""
    return alpha_sigma(t)[1]


@overload
def log_snr(t: float) -> float: ...
@overload
def log_snr(t: F64) -> F64: ...
def log_snr(t: float | F64) -> float | F64:
    """The log signal-to-noise ratio ln(α_t²/σ_t²), from 8.8 at t = 0 down to −7.8 (Kingma et al. 2021)."""
    alpha, sigma = alpha_sigma(t)
    snr = 2 * (np.log(alpha) - np.log(sigma))
    return snr if isinstance(t, np.ndarray) else float(snr)


def time_of_noise_level(sigma: float) -> float:
    """The time at which the noise level is `sigma`: the inverse of `noise_level`.

    Levels below σ_0 = 0.0125 answer 0. Where the clamp keeps the level constant (0.9998 and more) the
    earliest such time, 0.987, answers.

    Args:
        sigma: Noise level in [0, 1].

    Raises:
        SettingError: If `sigma` lies outside [0, 1].
    """
    if not 0 <= sigma <= 1:
        raise SettingError(f"a noise level must lie between 0 and 1, not {sigma}", remedy="give it as a share")
    clamped = min(sigma, sqrt(1 - ALPHA_MIN**2))
    return max((1 + OFFSET) * asin(clamped) * 2 / pi - OFFSET, 0.0)


def time_grid(steps: int) -> tuple[Level, ...]:
    """The grid of every sampler: the N + 1 points t_i = 1 − i/N, i = 0 … N, that a run of N steps passes.

    The last point counts as clean, α_N = 1 and σ_N = 0, so that the last step ends on x̂_0 itself and not
    on a picture with the schedule's last 1 % of noise. No sampler has a grid of its own, so that at equal
    steps all of them pass the same noise levels. From 78 steps on, the first points share the clamped
    level; a step between equal levels leaves the picture as it is.

    Args:
        steps: N, 1 … 1000.

    Raises:
        SettingError: If `steps` is not an integer in that range.
    """
    if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= T:
        raise SettingError(f"steps must be a whole number from 1 to {T}, not {steps!r}")
    noisy = (1 - i / steps for i in range(steps))
    return (*(Level(t, *alpha_sigma(t)) for t in noisy), Level(0.0, 1.0, 0.0))


class Schedule(Protocol):
    """What levels a run passes. A model brings the one that it was trained with."""

    def grid(self, steps: int, sampler: str) -> tuple[Level, ...]:
        """The steps + 1 points of a run, from noise to clean.

        Args:
            steps: N.
            sampler: By whose conventions; ours has one grid for all.

        Raises:
            SettingError: If `steps` is not possible.
        """
        ...


class CosineSchedule:
    """The schedule of the model that ships with tdiff."""

    def grid(self, steps: int, sampler: str) -> tuple[Level, ...]:
        """The same for every sampler: `time_grid`."""
        return time_grid(steps)


COSINE: Final = CosineSchedule()
