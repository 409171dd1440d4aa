"""The noise level along a run, as a curve."""

from functools import lru_cache

from tdiff.diffusion import time_grid
from tdiff.views.curve import Curve

AXES = ("steps taken", "noise level σ")
"""What the curve's axes are called."""


@lru_cache(maxsize=8)
def noise_curve(steps: int) -> Curve:
    """The noise level σ after 0, 1, … all of so many steps."""
    levels = [level.sigma for level in time_grid(steps)]
    return Curve("noise level", tuple(map(float, range(len(levels)))), tuple(levels))
