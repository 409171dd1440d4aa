"""Live training for a screen: slices of it on a worker's thread, a frozen state after each."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from tdiff.arrays import F32
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.training.live_state import BAND_SHARES, LiveSettings, LiveState, Point
from tdiff.pipeline import to_pixels
from tdiff.tinytrain import (
    Appeared,
    Memorisation,
    Parametrization,
    RunningLosses,
    TinyTrainer,
    appeared,
    memorisation,
    picture_set,
)

COUNTS: Final = (8, 32)
"""How many samples a state can have."""
_SPAN = 50  # steps that running averages look back
_POINTS = 240  # of the history; beyond, every second one is dropped
_SOONEST, _LATEST, _SHARE = 0.3, 2.0, 0.1  # seconds of training between samples: a tenth of all, within bounds


@dataclass(frozen=True, slots=True)
class _Order:
    """What the learner wants; replaced as one, so that a thread that trains never sees half of it."""

    settings: LiveSettings
    restart: int


class LiveTraining:
    """Trains a small network before the learner's eyes.

    `advance` and `train` belong to one thread. `choose`, `reset` and `set_learning_rate` may be called from any:
    they return at once, and the training follows at its next step. To pause is not to call `advance`.
    """

    def __init__(
        self,
        settings: LiveSettings | None = None,
        count: int = 32,
        batch: int = 128,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Start anew; the work begins with the first `advance`.

        Args:
            settings: what to train; eight pictures by default.
            count: samples in a state, one of `COUNTS`.
            batch: mixtures in a step; fewer are quicker and learn less from each.
            clock: seconds, for slices of time.

        Raises:
            SettingError: a setting is out of range.
            LessonError: there cannot be as many samples.
        """
        if count not in COUNTS:
            raise LessonError(f"a state can have {' or '.join(map(str, COUNTS))} samples, not {count}")
        self._count, self._batch, self._clock = count, batch, clock
        self._order = _Order(_checked(settings or LiveSettings(), batch), 0)
        self._run: _LiveRun | None = None

    @property
    def settings(self) -> LiveSettings:
        """What was chosen last."""
        return self._order.settings

    def choose(self, pictures: int | None = None, parametrization: Parametrization | None = None) -> None:
        """Start again with another training set or another target.

        Raises:
            SettingError: there is none such.
        """
        now = self.settings
        wanted = replace(now, pictures=pictures or now.pictures, parametrization=parametrization or now.parametrization)
        self._order = _Order(_checked(wanted, self._batch), self._order.restart + 1)

    def reset(self) -> None:
        """Forget what was learned, and keep the settings."""
        self._order = _Order(self.settings, self._order.restart + 1)

    def set_learning_rate(self, value: float) -> None:
        """Go on with another learning rate.

        Raises:
            SettingError: it is not above 0 and at most 0.1.
        """
        wanted = _checked(replace(self.settings, learning_rate=value), self._batch)
        self._order = _Order(wanted, self._order.restart)

    def advance(self, seconds: float) -> LiveState:
        """Train for about so long.

        Args:
            seconds: 0 takes no step and returns where things stand.

        Raises:
            DivergedError: the learning rate was too much; a reset and a lower one mend it.
        """
        began = now = self._clock()
        run = self._current()
        while now - began < seconds:
            run = self._current()
            run.step()
            now = self._clock()
        run.seconds += now - began
        return run.state(self._order.settings, look=run.due)

    def train(self, steps: int, look: bool = True) -> LiveState:
        """Take so many steps, however long they take.

        Args:
            steps: how many.
            look: make new samples at their end.

        Raises:
            DivergedError: as above.
        """
        began = self._clock()
        run = self._current()
        for _ in range(steps):
            run = self._current()
            run.step()
        run.seconds += self._clock() - began
        return run.state(self._order.settings, look)

    def _current(self) -> "_LiveRun":
        """The run that was ordered last."""
        order = self._order
        if self._run is None or self._run.restart != order.restart:
            self._run = _LiveRun(order, self._count, self._batch)
        self._run.trainer.learning_rate = order.settings.learning_rate
        return self._run


def _checked(settings: LiveSettings, batch: int) -> LiveSettings:
    settings.tiny(batch)
    picture_set(settings.pictures)
    return settings


class _LiveRun:
    """One training from its start."""

    def __init__(self, order: _Order, count: int, batch: int) -> None:
        settings = order.settings
        self.restart = order.restart
        self.seconds = 0.0
        self._pictures = picture_set(settings.pictures)
        self.trainer = TinyTrainer(self._pictures.train, settings.tiny(batch))
        self._count = count
        self._bands = RunningLosses(_SPAN)
        self._loss = math.nan
        self._history: tuple[Point, ...] = ()
        self._seen = self._look()

    def step(self) -> None:
        """Learn from one batch, and keep account of it."""
        report = self.trainer.step()
        self._bands.add(report.band_x0_errors)
        before = report.loss if report.step == 1 else self._loss
        self._loss = before + (report.loss - before) / min(report.step, _SPAN)

    @property
    def due(self) -> bool:
        """Whether the samples are old enough to be made anew."""
        pause = min(max(_SHARE * self.seconds, _SOONEST), _LATEST)
        return self.seconds - self._seen.seconds >= pause

    def state(self, settings: LiveSettings, look: bool) -> LiveState:
        """Where things stand, with new samples if wanted."""
        steps = self.trainer.steps
        if look and steps != self._seen.step:
            self._seen = self._look()
        self._keep()
        seen, pictures = self._seen, self._pictures
        index = seen.memorisation.train.index
        return LiveState(
            settings=settings,
            step=steps,
            seconds=self.seconds,
            loss=self._loss,
            error=self._error(),
            bands=self._bands.values,
            samples=to_pixels(seen.samples),
            sampled_at=seen.step,
            nearest=to_pixels(pictures.train[index]),
            names=tuple(pictures.names[place] for place in index),
            appeared=seen.appeared,
            memorisation=seen.memorisation,
            history=self._history,
        )

    def _look(self) -> "_Seen":
        """Make samples and measure them."""
        samples, pictures = self.trainer.sample(self._count), self._pictures
        return _Seen(
            step=self.trainer.steps,
            seconds=self.seconds,
            samples=samples,
            appeared=appeared(samples, pictures.train),
            memorisation=memorisation(samples, pictures.train, pictures.held_out),
        )

    def _error(self) -> float:
        return sum(share * error for share, error in zip(BAND_SHARES, self._bands.values, strict=True))

    def _keep(self) -> None:
        """Add a point to the history, if there is something new."""
        step = self.trainer.steps
        if step == 0 or (self._history and self._history[-1].step == step):
            return
        point = Point(step, self._error(), self._bands.values, sum(self._seen.appeared.samples))
        kept = self._history if len(self._history) < _POINTS else self._history[::2]
        self._history = (*kept, point)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """Samples, and when they were made."""

    step: int
    seconds: float
    samples: F32
    appeared: Appeared
    memorisation: Memorisation
