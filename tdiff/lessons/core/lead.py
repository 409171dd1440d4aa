"""Whether what comes out first is ahead by more than chance. A card names a winner only where it is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

import numpy as np

from tdiff.arrays import F64
from tdiff.share import Share

_T: Final = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""Quantiles of Student's t for 95 %, by degrees of freedom from 1 on."""
_NORMAL: Final = 1.960

Name = TypeVar("Name")
Values: TypeAlias = Sequence[float] | F64
"""One for each seed."""


@dataclass(frozen=True, slots=True)
class Lead:
    """How far one is ahead of another, and how sure that is.

    Attributes:
        value: mean difference, above 0 where the first is ahead.
        low, high: bounds of its 95 % interval.
    """

    value: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the first is ahead by more than chance."""
        return self.low > 0


def lead(first: Values, second: Values) -> Lead:
    """Return the lead of one over another that was measured on the same seeds, by Student's paired interval.

    Args:
        first: a value for each seed. From a single one nothing follows: the interval has no bounds.
        second: likewise, in the same order.
    """
    return _interval(np.asarray(first, np.float64) - np.asarray(second, np.float64))


def jackknifed_lead(first: Values, second: Values) -> Lead:
    """Return the lead of one set over another by a measure that only a whole set has, such as its diversity.

    Args:
        first: the measure of the set without its nth picture, for every n (jackknife, Efron & Stein 1981).
        second: likewise; its nth picture is of the same seed.
    """
    gaps = np.asarray(first, np.float64) - np.asarray(second, np.float64)
    count = len(gaps)
    spread = math.sqrt((count - 1) / count * float(np.square(gaps - gaps.mean()).sum()))
    half = _quantile(count - 1) * spread
    return Lead(float(gaps.mean()), float(gaps.mean()) - half, float(gaps.mean()) + half)


def share_lead(first: Share, second: Share) -> Lead:
    """Return the lead of one share over another, counted in different pictures (Newcombe 1998, method 10)."""
    gap = first.value - second.value
    below = math.hypot(first.value - first.low, second.high - second.value)
    above = math.hypot(first.high - first.value, second.value - second.low)
    return Lead(gap, gap - below, gap + above)


def leaders(measured: Mapping[Name, Values], jackknifed: bool = False) -> tuple[Name, ...]:
    """Return the best by its mean, and all that it is not clearly ahead of, in the order of the mapping.

    One name is a winner; several share the first place.

    Args:
        measured: for each name a value for each seed, all on the same seeds; more is better.
        jackknifed: the values are those of a whole set without one picture each; see `jackknifed_lead`.
    """
    ahead = jackknifed_lead if jackknifed else lead
    best = max(measured, key=lambda name: float(np.mean(measured[name])))
    return tuple(name for name in measured if name == best or not ahead(measured[best], measured[name]).clear)


def _interval(gaps: F64) -> Lead:
    mean = float(gaps.mean())
    if len(gaps) < 2:
        return Lead(mean, -math.inf, math.inf) if mean else Lead(0.0, 0.0, 0.0)
    half = _quantile(len(gaps) - 1) * float(gaps.std(ddof=1)) / math.sqrt(len(gaps))
    return Lead(mean, mean - half, mean + half)


def _quantile(freedom: int) -> float:
    return _T[freedom - 1] if 1 <= freedom <= len(_T) else _NORMAL if freedom > len(_T) else math.inf
