"""A denoiser without a network: the data are normal, so the best prediction and the exact flow are known."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import Conditions, Level, Run, SamplerOptions, Start, Trace, alpha_sigma, run_of

SHAPE = (4, 4, 3)
"""Small pictures: every pixel is on its own here, so more of them show nothing more."""


@dataclass(frozen=True, eq=False)
class Gaussian:
    """A condition: pictures whose every value is normal."""

    mean: float = 0.0
    std: float = 0.5

    def variance_at(self, level: Level) -> float:
        """Of x_t."""
        return level.alpha**2 * self.std**2 + level.sigma**2

    def flow(self, x: F32, start: Level, end: Level) -> F32:
        """The exact solution of the probability-flow equation through x, from one level to another."""
        stretch = np.sqrt(self.variance_at(end) / self.variance_at(start))
        return end.alpha * self.mean + stretch * (x.astype(np.float64) - start.alpha * self.mean)


CAT = Gaussian(0.6, 0.3)
DOG = Gaussian(-0.4, 0.2)
EMPTY = Gaussian(0.1, 0.5)


def make_run(
    seeds: int | tuple[int, ...] = 7,
    positive: Gaussian = CAT,
    negative: Gaussian = EMPTY,
    conditions: Conditions | list[tuple[int, Conditions]] | None = None,
    batch: int = 1,
    start: Start | None = None,
    denoiser: "GaussianDenoiser | None" = None,
    shape: tuple[int, int, int] = SHAPE,
    **options: object,
) -> Run:
    """A small run of eight unclipped steps, but for what a test is about."""
    settings = {"steps": 8, "clip": False, **options}
    return run_of(
        denoiser or GaussianDenoiser(),
        conditions or Conditions.repeat(positive, negative, batch),
        seeds,
        SamplerOptions(**settings),
        start,
        shape,
    )


def made(*args: object, **kwargs: object) -> F32:
    """The pictures of `make_run`, (B, 4, 4, 3)."""
    return Trace(make_run(*args, **kwargs)).complete().final


@dataclass
class GaussianDenoiser:
    """E[v | x_t] for each condition; counts its calls, and answers in one reused buffer as networks do."""

    calls: int = 0
    batches: list[int] = field(default_factory=list)
    times: list[tuple[float, ...]] = field(default_factory=list)

    def bind(self, conditions: Sequence[Gaussian], times: Sequence[float] = ()) -> "BoundGaussian":
        self.times.append(tuple(times))
        return BoundGaussian(self, tuple(conditions), tuple(times))


class BoundGaussian:
    def __init__(self, owner: GaussianDenoiser, conditions: tuple[Gaussian, ...], times: tuple[float, ...]) -> None:
        self._owner = owner
        self._conditions = conditions
        self._times = times
        self._buffer: F32 | None = None

    def __call__(self, x_t: F32, t: float) -> F32:
        assert x_t.dtype == np.float32
        assert len(x_t) == len(self._conditions)
        assert t in self._times, "asked for a time that was not announced"
        self._owner.calls += 1
        self._owner.batches.append(len(x_t))
        if self._buffer is None:
            self._buffer = np.empty_like(x_t)
        level = Level(t, *alpha_sigma(t))
        for row, x, gaussian in zip(self._buffer, x_t, self._conditions, strict=True):
            row[:] = _v(x.astype(np.float64), gaussian, level)
        return self._buffer


def _v(x_t: F32, gaussian: Gaussian, level: Level) -> F32:
    pull = level.alpha * gaussian.std**2 / gaussian.variance_at(level)
    x0 = gaussian.mean + pull * (x_t - level.alpha * gaussian.mean)
    return (level.alpha * x_t - x0) / level.sigma
