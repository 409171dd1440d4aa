"""The schedule that a checkpoint of diffusers was trained on, and the grids that runs on it pass."""

from collections.abc import Mapping
from math import sqrt
from typing import Any, Final

import numpy as np

from tdiff.arrays import F64
from tdiff.diffusion import SettingError
from tdiff.errors import WeightsError
from tdiff.samplers import Level
from tdiff.text import clean_text

_SPACINGS: Final = ("leading", "trailing", "linspace")
_LEVELS_LIMIT: Final = 10_000
_LEAST_ALPHA_BAR: Final = 2.0**-24
"""Where a schedule ends in pure noise, ᾱ = 0, this little is left, as diffusers' Euler does: α/σ stays finite."""


class CheckpointSchedule:
    """ᾱ_t for each of a checkpoint's levels, and how a run's times are spaced on them.

    Args:
        config: content of its scheduler_config.json.

    Raises:
        WeightsError: the schedule is of a kind that is not known.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.levels = _whole(config, "num_train_timesteps", 1000, _LEVELS_LIMIT)
        self.alpha_bar = _alpha_bar(config, self.levels)
        """(levels,) float64, falling."""
        self._spacing = str(config.get("timestep_spacing", "leading"))
        if self._spacing not in _SPACINGS:
            raise WeightsError(
                f"the checkpoint spaces its times by {clean_text(self._spacing, 30)}: it is not supported"
            )
        self._offset = _whole(config, "steps_offset", 0, 1000, least=0)
        self._ends_at_one = bool(config.get("set_alpha_to_one", True))

    def level(self, t: float) -> Level:
        """The level at a time in [0, 1], which stands for the timestep t·levels; between two, σ/α is interpolated.

        Args:
            t: as the grid gives it.
        """
        step = t * self.levels
        below = int(min(max(round(step, 6), 0), self.levels - 1))
        share = min(max(step - below, 0.0), 1.0)
        ratio = self._ratio(below)
        if share > 1e-6 and below + 1 < self.levels:
            ratio += share * (self._ratio(below + 1) - ratio)
        alpha = 1 / sqrt(1 + ratio * ratio)
        return Level(t, alpha, ratio * alpha)

    def grid(self, steps: int, sampler: str) -> tuple[Level, ...]:
        """The steps + 1 points of a run.

        Each sampler's times are spaced as diffusers spaces those of the same sampler, so that both make one picture:
        DPM-Solver++ divides the levels into one part more than it takes steps, and DDIM ends at the first level of
        the table where the checkpoint says so (`set_alpha_to_one: false`).

        Raises:
            SettingError: more steps than there are levels.
        """
        if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps < self.levels:
            raise SettingError(f"steps must be a whole number from 1 to {self.levels - 1}, not {steps!r}")
        times = self._times(steps, sampler)
        end = Level(0.0, 1.0, 0.0)
        if sampler == "ddim" and not self._ends_at_one:
            first = self.level(0.0)
            end = Level(0.0, first.alpha, first.sigma)
        return (*(self.level(float(time) / self.levels) for time in times), end)

    def _times(self, steps: int, sampler: str) -> F64:
        """Timesteps of a run, falling: Lin et al. 2024 (arXiv 2305.08891), table 2."""
        levels, parts = self.levels, steps + (sampler == "dpmpp2m")
        if self._spacing == "trailing":
            times = np.round(np.arange(levels, 0, -levels / steps))[:steps] - 1
        elif self._spacing == "linspace":
            times = np.linspace(0, levels - 1, parts)[::-1][:steps]
            times = times if sampler in ("euler", "heun") else np.round(times)
        else:
            times = (np.arange(parts) * (levels // parts))[::-1][:steps] + self._offset
        return np.clip(times.astype(np.float64), 0, levels - 1)

    def _ratio(self, step: int) -> float:
        """σ/α."""
        alpha_bar = float(self.alpha_bar[step])
        return sqrt((1 - alpha_bar) / alpha_bar)


def _alpha_bar(config: Mapping[str, Any], levels: int) -> F64:
    kind = str(config.get("beta_schedule", "linear"))
    first, last = _number(config, "beta_start", 0.0001), _number(config, "beta_end", 0.02)
    # float32, as diffusers computes them: 1,000 factors make the difference visible.
    if config.get("trained_betas") is not None:
        betas = _trained(config["trained_betas"])
    elif kind == "linear":
        betas = np.linspace(first, last, levels, dtype=np.float32)
    elif kind == "scaled_linear":
        betas = np.linspace(sqrt(first), sqrt(last), levels, dtype=np.float32) ** 2
    else:
        raise WeightsError(
            f"the checkpoint's schedule is {clean_text(kind, 40)}: linear and scaled_linear are supported"
        )
    if betas.shape != (levels,) or not ((betas > 0) & (betas < 1)).all():
        raise WeightsError(
            "the checkpoint's schedule makes no sense", remedy="take its scheduler_config.json from the original"
        )
    alpha_bar = np.cumprod(1 - betas, dtype=np.float32)
    if config.get("rescale_betas_zero_snr"):
        alpha_bar = _to_pure_noise(alpha_bar)
    result: F64 = np.maximum(alpha_bar.astype(np.float64), _LEAST_ALPHA_BAR)
    return result


def _trained(betas: object) -> Any:
    """A table of its own; one of nothing where it holds anything but numbers."""
    numbers = isinstance(betas, list) and all(type(beta) in (int, float) for beta in betas)
    return np.asarray(betas if numbers else [], np.float32)


def _to_pure_noise(alpha_bar: Any) -> Any:
    """Shift √ᾱ so that the last level is pure noise: Lin et al. 2024, algorithm 1."""
    root = np.sqrt(alpha_bar)
    return ((root - root[-1]) * root[0] / (root[0] - root[-1])) ** 2


def _whole(config: Mapping[str, Any], name: str, default: int, most: int, least: int = 1) -> int:
    value = config.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise WeightsError(f"{name} of the checkpoint's scheduler must be a whole number from {least} to {most}")
    return value


def _number(config: Mapping[str, Any], name: str, default: float) -> float:
    value = config.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise WeightsError(f"{name} of the checkpoint's scheduler must be a number between 0 and 1")
    return float(value)
