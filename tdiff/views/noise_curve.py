"""The noise level along a run, as a curve."""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any, cast

from tdiff.diffusion import COSINE, Schedule
from tdiff.views.curve import Curve

AXES = ("steps taken", "noise level σ")
"""What the curve's axes are called."""


def noise_curve(steps: int, sampler: str = "ddim", schedule: Schedule = COSINE) -> Curve:
    """The noise level σ after 0, 1, … all of so many steps."""
    return _curve(steps, sampler, cast(Hashable, schedule))


@lru_cache(maxsize=8)
def _curve(steps: int, sampler: str, schedule: Any) -> Curve:
    levels = [level.sigma for level in schedule.grid(steps, sampler)]
    return Curve("noise level", tuple(map(float, range(len(levels)))), tuple(levels))
