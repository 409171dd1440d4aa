"""The guidance dial: at a fixed step the guided prediction is linear in w, so turning w costs no question."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import Estimate, Step, Trace, run_of
from tdiff.evaluate.naturalness import saturated
from tdiff.lessons.core.showing import noise_pixels
from tdiff.lessons.guidance.counting import CountedDenoiser
from tdiff.pipeline import Pipeline, options_of, to_pixels
from tdiff.recipe import GUIDANCE_RANGE, Recipe
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

Form = Literal["x0", "eps"]

LOW, HIGH = GUIDANCE_RANGE
GAIN: Final = 2.0
"""Differences are drawn at twice their size around gray, so that the eye sees them."""
_POSITIONS: Final = tuple(float(w) for w in range(int(LOW), int(HIGH) + 1))
_RANGE: Final = 2.0  # from the darkest to the brightest a channel can be


@dataclass(frozen=True, slots=True, eq=False)
class DialState:
    """A step under one guidance; arrays are (32, 32, 3) float32 and not clipped, so that all is exactly linear in w.

    Attributes:
        step: from 0.
        steps: of the run.
        noise_level: of x_t there.
        guidance: w.
        negative: what stands in the place of the empty prompt; "" for nothing.
        unconditional: ε̂ and x̂_0 told the negative.
        conditional: told the prompt.
        guided: unconditional + w·(conditional − unconditional).
        asked: questions to the network for this look; 0 where the step was looked at before.
        predictions: pictures that the network has been asked about since the dial was made.
    """

    step: int
    steps: int
    noise_level: float
    guidance: float
    negative: str
    unconditional: Estimate
    conditional: Estimate
    guided: Estimate
    asked: int
    predictions: int

    def difference(self, form: Form = "x0") -> F32:
        """What w multiplies: conditional − unconditional."""
        return _form(self.conditional, form) - _form(self.unconditional, form)

    def apart(self, form: Form = "x0") -> float:
        """Mean absolute size of that."""
        return float(np.abs(self.difference(form)).mean())

    @property
    def saturated(self) -> float:
        """Share of the guided clean guess's pixels with a channel at the end of its range, 0 … 1."""
        return saturated(self.guided.x0[None])

    def curves(self) -> tuple[Curve, Curve]:
        """What turning w all the way does here, in percent: how far the clean guess moves, and how much saturates."""
        without, towards = self.unconditional.x0, self.difference()
        guesses = [without + np.float32(w) * towards for w in _POSITIONS]
        moved = tuple(100 * abs(w) * self.apart() / _RANGE for w in _POSITIONS)
        return (
            Curve("moved from w = 0", _POSITIONS, moved),
            Curve("saturated pixels", _POSITIONS, tuple(100 * saturated(guess[None]) for guess in guesses)),
        )

    def panes(self, form: Form = "x0") -> tuple[Pane, ...]:
        """Unconditional, conditional, guided, and what w multiplies: as clean guesses, or as the noise seen."""
        show = to_pixels if form == "x0" else noise_pixels
        symbol = "x̂₀" if form == "x0" else "ε̂"
        without = f"negative {symbol}" if self.negative else f"no prompt {symbol}"
        return (
            Pane(without, show(_form(self.unconditional, form)), "w = 0"),
            Pane(f"with prompt {symbol}", show(_form(self.conditional, form)), "w = 1"),
            Pane(f"guided {symbol}", show(_form(self.guided, form)), f"w = {self.guidance:g}"),
            Pane("difference", to_pixels(GAIN * self.difference(form)), f"{self.apart(form):.3f}"),
        )


class GuidanceDial:
    """A run whose steps keep both predictions, so that w can be turned at any of them."""

    def __init__(self, pipeline: Pipeline, recipe: Recipe) -> None:
        """Ask nothing yet.

        Args:
            pipeline: whose network is asked.
            recipe: what is made; its own guidance decides the x_t that the steps start from.
        """
        self._pipeline, self._recipe = pipeline, recipe
        # Two counters, as a whole run may be under way in a thread while the dial is turned.
        self._looks, self._runs = CountedDenoiser(pipeline.denoiser), CountedDenoiser(pipeline.denoiser)
        self._trace = self._played(self._looks, recipe.guidance, keep_negative=True)

    @property
    def steps(self) -> int:
        """Steps of the run."""
        return self._recipe.steps

    @property
    def predictions(self) -> int:
        """Pictures that the network has been asked about so far, those of whole runs included."""
        return self._looks.predictions + self._runs.predictions

    def at(self, step: int, guidance: float) -> DialState:
        """Look at a step under a guidance. The steps up to it are taken once; w then moves without a question.

        Args:
            step: 0 … `steps` - 1; beyond, the nearest.
            guidance: w, -2 … 15; beyond, the nearest.
        """
        step = min(max(step, 0), self.steps - 1)
        guidance = min(max(guidance, LOW), HIGH)
        before = self._looks.calls
        playing = self._trace.play()
        while len(self._trace) <= step:
            next(playing)
        taken = self._trace[step]
        return DialState(
            step=step,
            steps=self.steps,
            noise_level=taken.sigma,
            guidance=guidance,
            negative=self._recipe.negative,
            unconditional=_under(taken, 0.0),
            conditional=_under(taken, 1.0),
            guided=_under(taken, guidance),
            asked=self._looks.calls - before,
            predictions=self.predictions,
        )

    def again(self, guidance: float) -> Trace:
        """Return the whole run under another guidance, to be played: there the picture differs from step to step."""
        return self._played(self._runs, min(max(guidance, LOW), HIGH), keep_negative=False)

    def _played(self, counter: CountedDenoiser, guidance: float, keep_negative: bool) -> Trace:
        recipe = self._recipe
        options = options_of(recipe, guidance, keep_negative)
        conditions = self._pipeline.conditions([recipe.prompt], [recipe.negative])
        return Trace(run_of(counter, conditions, recipe.seed, options))


def _under(step: Step, guidance: float) -> Estimate:
    """A step's prediction under a guidance, unclipped, of its only picture."""
    estimate = step.reguided(guidance)
    return Estimate(estimate.eps[0], estimate.x0[0], estimate.v[0])


def _form(estimate: Estimate, form: Form) -> F32:
    return estimate.x0 if form == "x0" else estimate.eps
