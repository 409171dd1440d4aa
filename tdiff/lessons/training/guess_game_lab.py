"""The noise-guess game: which of four noises, or of four pictures, went into this mixture? You against the model."""

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import Level, add_noise
from tdiff.diffusion.run import PICTURE
from tdiff.lessons.core.asking import ask, level_at
from tdiff.lessons.core.card import LETTERS
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.showing import noise_pixels
from tdiff.pipeline import Pipeline, from_pixels, to_pixels
from tdiff.views.figures import Pane
from tdiff.world.dataset import draw_index, example

GuessKind = Literal["noise", "picture"]

CANDIDATES: Final = 4
_LEVELS: Final[dict[GuessKind, tuple[float, float]]] = {"noise": (0.4, 0.95), "picture": (0.8, 0.995)}
"""Where levels are drawn: with less, the eye has no chance with noises, and no work with pictures."""


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """One round.

    Attributes:
        number: from 1.
        kind: what the candidates are: noises, or clean pictures.
        level: time, α and σ of the mixture.
        mixture: x_t, (32, 32, 3).
        candidates: (4, 32, 32, 3).
        right: index of the candidate that is in the mixture.
    """

    number: int
    kind: GuessKind
    level: Level
    mixture: F32
    candidates: F32
    right: int

    @property
    def question(self) -> str:
        what = "noises was mixed in" if self.kind == "noise" else "pictures is under the noise"
        return f"Round {self.number}, noise level {self.level.sigma:.0%}: which of the four {what}?"

    @property
    def names(self) -> tuple[str, ...]:
        """Of the candidates: "noise a", "noise b" and so on."""
        return tuple(f"{self.kind} {letter}" for letter in LETTERS[:CANDIDATES])

    def panes(self) -> tuple[Pane, ...]:
        """The mixture, then the candidates, by the letters that choose them."""
        pixels = map(noise_pixels if self.kind == "noise" else to_pixels, self.candidates)
        shown = tuple(Pane(name, picture) for name, picture in zip(self.names, pixels, strict=True))
        return (Pane("mixture x_t", to_pixels(self.mixture), f"noise level {self.level.sigma:.0%}"), *shown)


@dataclass(frozen=True, slots=True)
class Score:
    """Rounds so far.

    Attributes:
        rounds: that the model played.
        model: of them, right.
        answered: rounds that the learner answered.
        you: of them, right.
    """

    rounds: int = 0
    model: int = 0
    answered: int = 0
    you: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """How a round ended.

    Attributes:
        draw: the round.
        choice: the learner's candidate; None where it was left to the model.
        model: the model's candidate: the one nearest to its estimate.
        estimate: ε̂ or x̂_0, (32, 32, 3), whichever the candidates are.
        distances: (4,) mean squared distance of each candidate from it.
        score: this round included.
    """

    draw: Draw
    choice: int | None
    model: int
    estimate: F32
    distances: tuple[float, ...]
    score: Score

    def panes(self) -> tuple[Pane, ...]:
        """The mixture, what was in it, what the model took for that, and the candidate that it chose."""
        draw, show = self.draw, noise_pixels if self.draw.kind == "noise" else to_pixels
        return (
            Pane("mixture x_t", to_pixels(draw.mixture), f"noise level {draw.level.sigma:.0%}"),
            Pane(f"right: {draw.names[draw.right]}", show(draw.candidates[draw.right])),
            Pane("the model's estimate", show(self.estimate), "ε̂" if draw.kind == "noise" else "x̂₀"),
            Pane(f"the model: {draw.names[self.model]}", show(draw.candidates[self.model])),
        )


class GuessGame:
    """Rounds without end. Neither player is told the caption."""

    def __init__(self, pipeline: Pipeline, seed: int = 0) -> None:
        """Draw the first round; the network is not asked yet.

        Args:
            pipeline: whose network plays.
            seed: same seed, same rounds.
        """
        self._pipeline = pipeline
        self._rng = np.random.Generator(np.random.PCG64([seed, 2]))  # not the stream of anyone's starting noise
        self.score = Score()
        self.draw = self._drawn(1)
        self._answered: int | None = None

    def answer(self, choice: int | None) -> Verdict:
        """Close the round: the model plays it too, and both scores are kept.

        Args:
            choice: the learner's candidate, 0 … 3; None leaves the round to the model.

        Raises:
            LessonError: there is no such candidate, or the round is closed already.
        """
        draw = self.draw
        if choice is not None and choice not in range(CANDIDATES):
            raise LessonError(
                f"there are {CANDIDATES} candidates, a to d", remedy=f"choose one of them, not number {choice + 1}"
            )
        if self._answered == draw.number:
            raise LessonError(f"round {draw.number} is over", remedy="go on to the next")
        said = ask(self._pipeline, draw.mixture[None], draw.level, [""])
        estimate = said.eps[0] if draw.kind == "noise" else said.x0[0].clip(-1, 1)
        distances = np.square(draw.candidates.astype(np.float64) - estimate).mean(axis=(1, 2, 3))
        model = int(distances.argmin())
        self._answered = draw.number
        before = self.score
        self.score = replace(before, rounds=before.rounds + 1, model=before.model + (model == draw.right))
        if choice is not None:
            self.score = replace(self.score, answered=before.answered + 1, you=before.you + (choice == draw.right))
        return Verdict(draw, choice, model, estimate, tuple(map(float, distances)), self.score)

    def next(self) -> Draw:
        """Draw the next round."""
        self.draw = self._drawn(self.draw.number + 1)
        return self.draw

    def _drawn(self, number: int) -> Draw:
        """Draw order: level, place of the right one, then each candidate with what it is mixed with."""
        rng = self._rng
        kind: GuessKind = "noise" if number % 2 else "picture"
        level = level_at(float(rng.uniform(*_LEVELS[kind])))
        right = int(rng.integers(CANDIDATES))
        pictures = np.stack([self._scene() for _ in range(1 if kind == "noise" else CANDIDATES)])
        noises = rng.standard_normal((CANDIDATES if kind == "noise" else 1, *PICTURE), dtype=np.float32)
        x0, eps = (pictures[0], noises[right]) if kind == "noise" else (pictures[right], noises[0])
        mixture = add_noise(x0, eps, level.alpha, level.sigma)
        return Draw(number, kind, level, mixture, noises if kind == "noise" else pictures, right)

    def _scene(self) -> F32:
        return from_pixels(example(draw_index(self._rng)).image)
