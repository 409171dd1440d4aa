"""Has it learned, or learned by heart? Numbers over samples and training pictures."""

from dataclasses import dataclass
from math import isnan, nan
from typing import Final

import numpy as np

from tdiff.arrays import F32, F64, I64
from tdiff.tinytrain.report import BANDS

CLOSE: Final = 0.03
"""A sample shows a sprite if their mean squared distance is at most this; different sprites are 0.1 and more
apart."""
_TINY = 1e-9  # keeps a ratio of two zero distances at 1


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest of a set of pictures to each sample.

    Attributes:
        index: (B,) int, which picture.
        distance: (B,) float64, mean squared distance to it, 0 … 4.
    """

    index: I64
    distance: F64


@dataclass(frozen=True, eq=False)
class Memorisation:
    """Samples against what was trained on and against a control that was not.

    Attributes:
        train: nearest training pictures.
        held_out: nearest pictures of the control.
        ratio: mean distance to the nearest training picture over that to the nearest held-out one: near 0
            for copies, near 1 where having been trained on makes no difference.
    """

    train: Nearest
    held_out: Nearest
    ratio: float


@dataclass(frozen=True)
class Appeared:
    """Which sprites can be seen among samples.

    Attributes:
        sprites: for each training picture, whether a sample shows it.
        samples: for each sample, whether it shows its nearest training picture.
    """

    sprites: tuple[bool, ...]
    samples: tuple[bool, ...]

    @property
    def count(self) -> int:
        """How many different sprites have appeared."""
        return sum(self.sprites)


def nearest(samples: F32, pictures: F32) -> Nearest:
    """Find the nearest picture to each sample.

    Args:
        samples: (B, H, W, 3) in [-1, 1].
        pictures: (n, H, W, 3), at least one.
    """
    a, b = (each.reshape(len(each), -1).astype(np.float64) for each in (samples, pictures))
    squared = np.square(a).sum(1)[:, None] + np.square(b).sum(1) - 2 * a @ b.T  # (B, n)
    index = squared.argmin(1)
    # The product above is off by rounding where distances are tiny, so the one that is reported is taken anew.
    return Nearest(index, np.square(a - b[index]).mean(1))


def memorisation(samples: F32, train: F32, held_out: F32) -> Memorisation:
    """Compare distances to training pictures with distances to a control of the same kind and size.

    Args:
        samples: (B, H, W, 3) in [-1, 1].
        train: (n, H, W, 3).
        held_out: (n, H, W, 3); a larger control would be nearer by chance alone.
    """
    to_train, to_control = nearest(samples, train), nearest(samples, held_out)
    ratio = (to_train.distance.mean() + _TINY) / (to_control.distance.mean() + _TINY)
    return Memorisation(to_train, to_control, float(ratio))


def appeared(samples: F32, train: F32, close: float = CLOSE) -> Appeared:
    """Say which training pictures the samples show.

    Args:
        samples: (B, H, W, 3) in [-1, 1].
        train: (n, H, W, 3).
        close: largest mean squared distance at which a sample shows its nearest picture.
    """
    found = nearest(samples, train)
    shows = found.distance <= close
    seen = set(found.index[shows].tolist())
    return Appeared(tuple(i in seen for i in range(len(train))), tuple(shows.tolist()))


class RunningLosses:
    """Running averages of the errors at each band of noise levels."""

    def __init__(self, span: int = 50) -> None:
        """Start empty.

        Args:
            span: about how many steps an average looks back; while there were fewer it is their plain mean.
        """
        self._span = span
        self._counts = [0] * BANDS
        self._means = [nan] * BANDS

    @property
    def values(self) -> tuple[float, ...]:
        """The averages, from little noise to much; NaN where nothing was added yet."""
        return tuple(self._means)

    def add(self, band_errors: tuple[float, ...]) -> None:
        """Take in a step's errors by band, skipping those that are NaN."""
        for band, error in enumerate(band_errors):
            if isnan(error):
                continue
            self._counts[band] += 1
            before = 0.0 if self._counts[band] == 1 else self._means[band]
            self._means[band] = before + (error - before) / min(self._counts[band], self._span)
