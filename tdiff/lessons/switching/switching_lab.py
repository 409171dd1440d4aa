"""When is what decided? One prompt up to a step and another from there on, for every step at once."""

from collections.abc import Iterator
from dataclasses import dataclass

from tdiff.arrays import F32
from tdiff.diffusion import Step, Trace
from tdiff.lessons.core.measures import difference
from tdiff.lessons.core.rewording import shortened
from tdiff.lessons.core.together import together
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.recipe import Recipe, Switch
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane, difference_pixels

_HALF = 0.5
_NO_WAY = 1e-5  # of a margin: less is rounding


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """What came of switching at every step.

    Attributes:
        first, second: the prompts.
        pictures: (steps + 1, 32, 32, 3); picture k was told the first prompt for k steps, then the second.
        decided: for each, how far it has gone from the second prompt's picture to the first's, 0 … 1, as the
            text–image pair tells the two prompts apart; all 0 where it cannot tell them apart.
    """

    first: str
    second: str
    pictures: F32
    decided: tuple[float, ...]

    @property
    def steps(self) -> int:
        """Steps of the run."""
        return len(self.pictures) - 1

    @property
    def half(self) -> int | None:
        """After how many steps the first prompt has decided more than half, for good; None where it never has."""
        late = [k for k, share in enumerate(self.decided) if share <= _HALF]
        if not late:
            return 0
        return late[-1] + 1 if late[-1] < self.steps else None

    def panes(self, k: int) -> tuple[Pane, ...]:
        """The second prompt alone, the switch after k steps, the first prompt alone, and what the switch changed."""
        k = min(max(k, 0), self.steps)
        ends, here = self.pictures[[0, -1]], self.pictures[k]
        second, first = to_pixels(ends)
        return (
            Pane("second prompt alone", second, shortened(self.second, 60)),
            Pane(f"switch after {k}", to_pixels(here), f"{self.decided[k]:.0%}"),
            Pane("first prompt alone", first, shortened(self.first, 60)),
            Pane("what it changed", difference_pixels(first, to_pixels(here)), f"{difference(ends[1], here):.3f}"),
        )

    def curve(self, name: str) -> Curve:
        """How much is decided, in percent, by the steps that the first prompt had."""
        return Curve(name, tuple(map(float, range(self.steps + 1))), tuple(100 * share for share in self.decided))


class SwitchStrip:
    """Two prompts of one seed, and every way to go from one to the other on the way."""

    def __init__(self, pipeline: Pipeline, recipe: Recipe, second: str) -> None:
        """Make nothing yet.

        Args:
            pipeline: makes and judges the pictures.
            recipe: the first prompt, seed, steps (each adds a picture to the batch), sampler; from noise.
            second: the prompt that is switched to.
        """
        self._pipeline, self._recipe, self._second = pipeline, recipe, second
        early = [recipe.replace(switches=(Switch(k, prompt=second),)) for k in range(1, recipe.steps)]
        self.trace: Trace = together(pipeline, (recipe.replace(prompt=second), *early, recipe))

    def play(self) -> Iterator[Step]:
        """Take the steps that are missing, one by one."""
        return self.trace.play()

    def strip(self) -> Strip:
        """Return what came of it, taking the steps that are missing first."""
        pictures = self.trace.complete().final.clip(-1, 1)
        scores = self._pipeline.similarity([self._recipe.prompt, self._second], pictures)
        return Strip(self._recipe.prompt, self._second, pictures, _shares(scores[0] - scores[1]))


def _shares(margins: F32) -> tuple[float, ...]:
    """Margins of the first prompt over the second, as shares of the way from the one end to the other."""
    way = float(margins[-1] - margins[0])
    if way < _NO_WAY:
        return (0.0,) * len(margins)
    return tuple(float(share) for share in ((margins - margins[0]) / way).clip(0, 1))
