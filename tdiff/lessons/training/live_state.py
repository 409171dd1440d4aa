"""What live training looks like at one moment."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tdiff.arrays import U8
from tdiff.diffusion import time_of_noise_level
from tdiff.lessons.core.showing import sheet
from tdiff.pipeline import from_pixels
from tdiff.tinytrain import BAND_EDGES, Appeared, Memorisation, Parametrization, TinySettings
from tdiff.tinytrain.settings import check_learning_rate
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

BANDS: Final = tuple(f"{low:.0%} to {high:.0%}" for low, high in pairwise(BAND_EDGES))
"""Noise levels of each band."""
BAND_NAMES: Final = tuple(f"noise {band}" for band in BANDS)
BAND_SHARES: Final = tuple(
    high - low for low, high in pairwise((0.0, *(time_of_noise_level(edge) for edge in BAND_EDGES[1:-1]), 1.0))
)
"""Share of the training's levels that fall into each band: t is drawn evenly, and noise levels follow from it."""
ALL: Final = "all levels"
_ON_SHEET = 4


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """What can be chosen.

    Attributes:
        pictures: size of the training set, one of `tdiff.tinytrain.SIZES`.
        parametrization: what the network predicts.
        learning_rate: of Adam, above 0 and at most 0.1.
        seed: of the first weights and of every batch.
    """

    pictures: int = 8
    parametrization: Parametrization = "x0"
    learning_rate: float = 2e-3
    seed: int = 0

    def tiny(self, batch: int) -> TinySettings:
        """As the trainer wants them.

        Raises:
            SettingError: one is out of range.
        """
        return TinySettings(
            batch=batch,
            learning_rate=check_learning_rate(self.learning_rate),
            parametrization=self.parametrization,
            seed=self.seed,
        )


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the history: running averages over some fifty steps.

    Attributes:
        step: steps taken.
        error: mean squared error of the clean guess over all levels.
        bands: that by noise level, from little noise to much.
        shown: samples that showed a training picture when they were last made.
    """

    step: int
    error: float
    bands: tuple[float, ...]
    shown: int


@dataclass(frozen=True, slots=True, eq=False)
class LiveState:
    """Live training at one moment.

    Attributes:
        settings: chosen.
        step: steps taken since the start.
        seconds: spent on them.
        loss: what is minimised, a running average; NaN before the first step.
        error: mean squared error of the clean guess x̂_0 over all levels, likewise.
        bands: that by noise level, from little noise to much; NaN likewise.
        samples: (n, 16, 16, 3) uint8, from the same starting noises every time.
        sampled_at: the step they were made at.
        nearest: (n, 16, 16, 3) uint8, the training picture nearest to each.
        names: of those.
        appeared: which training pictures, and which samples, can be recognised.
        memorisation: distances to training pictures against those to the control.
        history: from the start until now.
    """

    settings: LiveSettings
    step: int
    seconds: float
    loss: float
    error: float
    bands: tuple[float, ...]
    samples: U8
    sampled_at: int
    nearest: U8
    names: tuple[str, ...]
    appeared: Appeared
    memorisation: Memorisation
    history: tuple[Point, ...]

    @property
    def sprites(self) -> int:
        """How many different training pictures have appeared."""
        return self.appeared.count

    @property
    def shown(self) -> int:
        """How many samples show a training picture."""
        return sum(self.appeared.samples)

    @property
    def ratio(self) -> float:
        """Distance to training pictures over distance to the control: near 0 for copies, near 1 for new ones."""
        return self.memorisation.ratio

    def panes(self, sheets: int = 2) -> tuple[Pane, ...]:
        """Samples, four to a sheet, each sheet beside the nearest training pictures."""
        panes: list[Pane] = []
        for first in range(0, min(_ON_SHEET * sheets, len(self.samples)), _ON_SHEET):
            part = slice(first, first + _ON_SHEET)
            far = self.memorisation.train.distance[part].mean()
            which = f"{first + 1}–{first + _ON_SHEET}"
            panes.append(Pane(f"samples {which}", self.sheet(first), f"of step {self.sampled_at}"))
            panes.append(Pane(f"nearest to {which}", sheet(from_pixels(self.nearest[part])), f"{far:.3f} away"))
        return tuple(panes)

    def sheet(self, first: int = 0) -> U8:
        """Four samples from `first` on as one picture, (32, 32, 3)."""
        return sheet(from_pixels(self.samples[first : first + _ON_SHEET]))

    def curves(self) -> tuple[Curve, ...]:
        """Error of the clean guess by step, over all levels and for each band; none before two points."""
        if len(self.history) < 2:
            return ()
        xs = tuple(float(point.step) for point in self.history)
        bands = (
            Curve(name, xs, tuple(point.bands[band] for point in self.history)) for band, name in enumerate(BAND_NAMES)
        )
        return (Curve(ALL, xs, tuple(point.error for point in self.history)), *bands)
