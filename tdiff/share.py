"""So many of so many, and how sure that is."""

import math
from dataclasses import dataclass
from typing import Final

_Z: Final = 1.959964
"""Standard normal quantile of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many.

    Attributes:
        hits, count: the numbers.
        low, high: bounds of the 95 % interval (Wilson 1927); 0 and 1 where nothing was counted.
    """

    hits: int
    count: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself; NaN where nothing was counted."""
        return self.hits / self.count if self.count else math.nan


def share(hits: int, count: int) -> Share:
    """A share with its Wilson score interval at 95 %."""
    middle = (hits + _Z * _Z / 2) / (count + _Z * _Z)
    half = _Z / (count + _Z * _Z) * math.sqrt(hits * (count - hits) / max(count, 1) + _Z * _Z / 4)
    return Share(hits, count, max(0.0, middle - half), min(1.0, middle + half))
