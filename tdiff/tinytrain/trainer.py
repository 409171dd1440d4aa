"""The training itself: one step at a time, at the caller's pace."""

from typing import Final, NamedTuple

import numpy as np

from tdiff.arrays import F32, Floats
from tdiff.diffusion import Conditions, NotFiniteError, SamplerOptions, SettingError, run_of, sample
from tdiff.tinytrain.adam import Adam
from tdiff.tinytrain.batch import Batch
from tdiff.tinytrain.denoiser import TinyDenoiser
from tdiff.tinytrain.errors import DivergedError
from tdiff.tinytrain.network import ResidualMlp, Weights
from tdiff.tinytrain.objective import clean_guess, errors_and_gradient, target, weight
from tdiff.tinytrain.report import OneStep, StepReport, TrainerState, by_band
from tdiff.tinytrain.settings import TinySettings, check_learning_rate

WARMUP: Final = 100
"""Steps over which the learning rate rises to its full size."""
SAMPLE_STEPS: Final = 20
"""DDIM steps of a sample."""


class _Answer(NamedTuple):
    """What the network said of a batch, and how wrong it was; its gradient lies in the trainer's buffer."""

    output: Floats
    errors: Floats
    loss: float
    gradient_norm: float


class TinyTrainer:
    """Trains a small denoiser on a handful of pictures.

    It has no thread: whoever calls `step` sets the pace and pauses by not calling. Calls must not overlap,
    since they share buffers; what they return is the caller's own.
    """

    def __init__(self, pictures: F32, settings: TinySettings | None = None) -> None:
        """Start with random weights.

        Args:
            pictures: (n, H, W, 3) float32 in [-1, 1], at least one.
            settings: how to train; the defaults where None.

        Raises:
            SettingError: If the pictures are no such array.
        """
        _check_pictures(pictures)
        self.settings = settings or TinySettings()
        self.shape: tuple[int, int, int] = pictures.shape[1:]
        rows = pictures.reshape(len(pictures), -1)
        self._pixels = rows.shape[1]
        width, batch = self.settings.width, self.settings.batch
        self._batch = Batch(rows, batch)
        self._network = ResidualMlp(self._pixels, width, batch)
        self._weights, self._gradients, self._average = (Weights(self._pixels, width) for _ in range(3))
        self._d_output = np.empty((batch, self._pixels), np.float32)
        self.reset()

    @property
    def steps(self) -> int:
        """Training steps taken since the start."""
        return self._adam.steps

    @property
    def parameters(self) -> int:
        """How many numbers are learned."""
        return len(self._weights.vector)

    @property
    def learning_rate(self) -> float:
        """Of Adam; may be changed between steps, above 0 and at most 0.1."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._learning_rate = check_learning_rate(value)

    def reset(self) -> None:
        """Forget everything: back to the first weights, random stream and learning rate of the settings."""
        # A stream of its own: that of the plain seed is the starting noise of a sample.
        self._rng = np.random.Generator(np.random.PCG64([self.settings.seed, 1]))
        self._weights.draw(self._rng)
        self._average.vector[:] = self._weights.vector
        self._adam = Adam(self.parameters)
        self.learning_rate = self.settings.learning_rate

    def step(self) -> StepReport:
        """Learn from one batch.

        Raises:
            DivergedError: If the loss is no finite number any more; the weights are then left as they are.
        """
        self._batch.draw(self._rng)
        return self._nudge(self._ask())

    def step_in_slow_motion(self, level: float = 0.7) -> OneStep:
        """Learn from one batch, as `step` does, and keep what happened to one of its pictures.

        Args:
            level: noise level, 0 … 1; the picture of the batch nearest to it is shown.

        Raises:
            DivergedError: If the loss is no finite number any more.
        """
        batch, kind = self._batch, self.settings.parametrization
        batch.draw(self._rng)
        row = int(np.abs(batch.sigma[:, 0] - level).argmin())
        one = slice(row, row + 1)
        x0, eps, x_t, alpha, sigma = (each[one] for each in (batch.x0, batch.eps, batch.x_t, batch.alpha, batch.sigma))
        wanted = target(kind, x0, eps, alpha, sigma)
        asked = self._ask()
        before = asked.output[one].copy()  # the buffer is written again below
        report = self._nudge(asked)
        after = self._network.forward(self._weights, batch.x_t, batch.t)[one]
        return OneStep(
            report=report,
            parametrization=kind,
            picture_index=int(batch.index[row]),
            level=float(sigma[0, 0]),
            alpha=float(alpha[0, 0]),
            picture=self._picture(x0),
            noise=self._picture(eps),
            mixture=self._picture(x_t),
            target=self._picture(wanted),
            prediction=self._picture(before),
            clean_guess=self._picture(clean_guess(kind, before, x_t, alpha, sigma)),
            squared_error=float(np.square(before - wanted).mean()),
            weight=float(weight(kind, alpha, sigma)[0, 0]),
            squared_error_after=float(np.square(after - wanted).mean()),
        )

    def sample(self, count: int = 32, steps: int = SAMPLE_STEPS, averaged: bool = True) -> F32:
        """Make pictures, from the same starting noises every time: those of seeds 0, 1, 2 …

        Args:
            count: how many, 1 … 1024.
            steps: of DDIM.
            averaged: with the running average of the weights, which is steadier, or else with the newest.

        Returns:
            (count, H, W, 3) float32 in [-1, 1].

        Raises:
            SettingError: If there cannot be as many pictures or steps.
            DivergedError: If the weights are no longer fit for it.
        """
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 1024:
            raise SettingError(f"the number of samples must be a whole number from 1 to 1024, not {count!r}")
        run = run_of(
            self._denoiser(self._average if averaged else self._weights),
            Conditions.repeat(None, None, count),
            seeds=0,
            options=SamplerOptions(steps=steps, sampler="ddim", guidance=1.0, clip=True),
            shape=self.shape,
        )
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                *_, last = sample(run)
        except NotFiniteError as error:
            raise self._diverged() from error
        return np.clip(last.x_next, -1, 1)

    def denoiser(self) -> TinyDenoiser:
        """The averaged network as it is now, for any run of `tdiff.diffusion`; later steps do not change it.

        Runs take one condition a picture, which may be None, and the shape of the training pictures.
        """
        weights = Weights(self._pixels, self.settings.width)
        weights.vector[:] = self._average.vector
        return self._denoiser(weights)

    def state(self) -> TrainerState:
        """A copy of all that training changes."""
        return TrainerState(
            self.settings,
            self._weights.vector.copy(),
            self._average.vector.copy(),
            self._adam.state(),
            self._rng.bit_generator.state,
            self.learning_rate,
        )

    def restore(self, state: TrainerState) -> None:
        """Go on from a state of a trainer with the same pictures and settings.

        Raises:
            SettingError: If it comes from other settings.
        """
        if state.settings != self.settings or len(state.weights) != self.parameters:
            raise SettingError(
                "this state comes from a trainer with other settings", remedy="make a trainer with those"
            )
        self._weights.vector[:], self._average.vector[:] = state.weights, state.average
        self._adam.restore(state.adam)
        self._rng.bit_generator.state = state.generator
        self.learning_rate = state.learning_rate

    def _ask(self) -> _Answer:
        """Predict for the batch as it is drawn, and find the gradient of the loss."""
        batch, kind = self._batch, self.settings.parametrization
        with np.errstate(over="ignore", invalid="ignore"):
            output = self._network.forward(self._weights, batch.x_t, batch.t)
            wanted = target(kind, batch.x0, batch.eps, batch.alpha, batch.sigma)
            weights = weight(kind, batch.alpha, batch.sigma)
            errors = errors_and_gradient(output, wanted, weights, self._d_output)
            loss = float((errors * weights[:, 0]).mean())
            self._network.backward(self._weights, self._d_output, self._gradients)
            gradient_norm = float(np.sqrt(np.dot(self._gradients.vector, self._gradients.vector)))
        if not np.isfinite(loss + gradient_norm):
            raise self._diverged()
        return _Answer(output, errors, loss, gradient_norm)

    def _nudge(self, answer: _Answer) -> StepReport:
        """Move the weights along the gradient that was found."""
        rate = self.learning_rate * min(1.0, (self.steps + 1) / WARMUP)
        update_norm = self._adam.step(self._weights.vector, self._gradients.vector, self._average.vector, rate)
        sigma = self._batch.sigma[:, 0]
        return StepReport(
            step=self.steps,
            loss=answer.loss,
            error=float(answer.errors.mean()),
            band_errors=by_band(answer.errors, sigma),
            band_x0_errors=by_band(self._x0_errors(answer.output), sigma),
            learning_rate=rate,
            gradient_norm=answer.gradient_norm,
            update_norm=update_norm,
        )

    def _x0_errors(self, output: Floats) -> Floats:
        """(B,) mean squared errors of the clean guesses, kept within [-1, 1]."""
        batch = self._batch
        guess = clean_guess(self.settings.parametrization, output, batch.x_t, batch.alpha, batch.sigma)
        difference = np.clip(guess, -1, 1)
        difference -= batch.x0
        errors: Floats = np.einsum("bi,bi->b", difference, difference) / self._pixels
        return errors

    def _denoiser(self, weights: Weights) -> TinyDenoiser:
        return TinyDenoiser(weights, self._pixels, self.settings.width, self.settings.parametrization)

    def _picture(self, row: Floats) -> F32:
        return row.astype(np.float32).reshape(self.shape)

    def _diverged(self) -> DivergedError:
        return DivergedError(
            f"training fell apart after step {self.steps}, as a learning rate of {self.learning_rate:g} was too much "
            "for these weights",
            remedy="lower it and start again",
        )


def _check_pictures(pictures: F32) -> None:
    if pictures.ndim != 4 or pictures.shape[-1] != 3 or 0 in pictures.shape or pictures.dtype != np.float32:
        raise SettingError(f"training needs float32 pictures of (n, H, W, 3), not {pictures.dtype} {pictures.shape}")
    if not np.isfinite(pictures).all() or np.abs(pictures).max() > 1:
        raise SettingError("training needs pictures within [-1, 1], and these hold other numbers", remedy="scale them")
