"""One training step in slow motion.

The shipped model shows what it is asked and how wrong it is: its exercise is drawn as in its own training. Numpy has
no gradients of it, so the nudge is shown on the tiny network of `tdiff.tinytrain`, which has them.
"""

from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32
from tdiff.lessons.core.asking import Answers, ask
from tdiff.lessons.core.showing import doubled, error_pixels, noise_pixels
from tdiff.lessons.training.training_draws import TrainingExample, draw_example
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.tinytrain import OneStep, TinySettings, TinyTrainer, picture_set
from tdiff.views.figures import Pane

_PICTURES = 8
_BATCH = 32


@dataclass(frozen=True, slots=True, eq=False)
class ShippedPart:
    """What the shipped model is asked, and how wrong it is.

    Attributes:
        example: scene, caption, level, noise, mixture.
        answers: v̂, ε̂ and x̂_0, each (1, 32, 32, 3).
        squared_error: of v̂, as in its training, (32, 32, 3).
    """

    example: TrainingExample
    answers: Answers
    squared_error: F32

    @property
    def error(self) -> float:
        """Mean squared error of v̂."""
        return float(self.squared_error.mean())

    @property
    def told(self) -> str:
        """What the network was told, in words."""
        given = self.example.given
        return f"“{given}”" if given else "nothing: the caption was blanked, as one in ten is"


@dataclass(frozen=True, slots=True, eq=False)
class Beat:
    """One moment of the step.

    Attributes:
        title: what happens.
        text: the numbers of it.
        pane: what there is to see; None where there is nothing but numbers.
    """

    title: str
    text: str
    pane: Pane | None


@dataclass(frozen=True, slots=True, eq=False)
class SlowState:
    """A whole step.

    Attributes:
        shipped: the shipped model's part.
        tiny: the tiny network's: the same step, with its gradient.
        tiny_name: what the tiny network's picture shows.
    """

    shipped: ShippedPart
    tiny: OneStep
    tiny_name: str

    def panes(self) -> tuple[Pane, ...]:
        """Picture, mixture, clean guess and squared error of the shipped model."""
        return tuple(beat.pane for beat in self._asked() if beat.pane is not None and beat.title in _MAIN)

    def beats(self) -> tuple[Beat, ...]:
        """The step, moment by moment: what the shipped model is asked, then what only the tiny network can show."""
        return (*self._asked(), *self._nudged())

    def _asked(self) -> tuple[Beat, ...]:
        shipped, drawn = self.shipped, self.shipped.example
        level, answers = drawn.level, shipped.answers
        sigma = f"{level.sigma:.0%}"
        scene = f"Training scene {drawn.index:,} is drawn at random from all of them."
        mixed = (
            f"Both are mixed: {level.alpha:.2f}·picture + {level.sigma:.2f}·noise. "
            "The mixture is all of the picture that the network sees."
        )
        return (
            Beat("picture", scene, Pane("picture", to_pixels(drawn.picture))),
            Beat("caption", f"The network is told {shipped.told}.", None),
            Beat("level", f"A noise level, {sigma}, is drawn at random, whatever came before.", None),
            Beat(
                "noise",
                "Static is drawn fresh, and remembered: it is the answer that the network shall find.",
                Pane("noise ε", noise_pixels(drawn.noise)),
            ),
            Beat("mixture", mixed, Pane("mixture", to_pixels(drawn.mixture), f"noise level {sigma}")),
            Beat(
                "prediction",
                "The network says in one prediction which part of the mixture is noise.",
                Pane("predicted noise ε̂", noise_pixels(answers.eps[0])),
            ),
            Beat(
                "clean guess",
                "The same prediction as a picture: what is left of the mixture without that noise.",
                Pane("clean guess", to_pixels(answers.x0[0])),
            ),
            Beat(
                "squared error",
                f"The squared error of its prediction, in the form v, is {shipped.error:.4f} on average over all "
                f"numbers. Training gives each noise level a weight, so here it counts {drawn.weight:.2f} times.",
                Pane("squared error", error_pixels(shipped.squared_error), f"{shipped.error:.4f}"),
            ),
        )

    def _nudged(self) -> tuple[Beat, ...]:
        tiny = self.tiny
        before, after = tiny.squared_error, tiny.squared_error_after
        return (
            Beat(
                "tiny network: the same",
                f"Numpy can nudge only a tiny network, so it does the same: “{self.tiny_name}” at noise level "
                f"{tiny.level:.0%}. Its squared error is {before:.4f}.",
                Pane("tiny: mixture", doubled(tiny.mixture), f"noise level {tiny.level:.0%}"),
            ),
            Beat(
                "tiny network: gradient",
                "The gradient says for each number of the network which way it lowers the error of the whole batch. "
                f"As one arrow it is {tiny.gradient_norm:.3f} long: the longer, the more steeply the error falls.",
                Pane("tiny: clean guess", doubled(tiny.clean_guess), f"error {before:.4f}"),
            ),
            Beat(
                "tiny network: nudge",
                f"All its numbers move a little, by {tiny.update_norm:.3f} together. Asked again about the same "
                f"mixture, its squared error is {after:.4f}; before it was {before:.4f}.",
                Pane("tiny: picture", doubled(tiny.picture), self.tiny_name),
            ),
        )


_MAIN = ("picture", "mixture", "clean guess", "squared error")


class SlowStep:
    """Steps in slow motion, one after another; the tiny network keeps what it learns from each."""

    def __init__(self, pipeline: Pipeline, seed: int = 0) -> None:
        """Draw nothing yet.

        Args:
            pipeline: the shipped model.
            seed: same seed, same steps.
        """
        self._pipeline = pipeline
        self._rng = np.random.Generator(np.random.PCG64([seed, 3]))  # not the stream of anyone's starting noise
        self._pictures = picture_set(_PICTURES)
        self._trainer = TinyTrainer(self._pictures.train, TinySettings(batch=_BATCH, seed=seed))

    @property
    def tiny_steps(self) -> int:
        """Steps that the tiny network has taken."""
        return self._trainer.steps

    def warm_up(self, steps: int) -> None:
        """Train the tiny network at full speed, so that it is neither new nor finished."""
        for _ in range(steps):
            self._trainer.step()

    def draw(self) -> TrainingExample:
        """Draw the shipped model's next exercise; the network is not asked."""
        return draw_example(self._rng)

    def ask(self, drawn: TrainingExample) -> ShippedPart:
        """Ask the shipped model once."""
        answers = ask(self._pipeline, drawn.mixture[None], drawn.level, [drawn.given])
        return ShippedPart(drawn, answers, np.square(answers.v[0] - drawn.target))

    def nudge(self, shipped: ShippedPart) -> SlowState:
        """Add the tiny network's step, at about the same noise level."""
        tiny = self._trainer.step_in_slow_motion(shipped.example.level.sigma)
        return SlowState(shipped, tiny, self._pictures.names[tiny.picture_index])

    def next(self) -> SlowState:
        """Take one whole step: some 30 ms."""
        return self.nudge(self.ask(self.draw()))
