"""A picture made in few steps while its words are typed. Knows no widget."""

from dataclasses import dataclass

from tdiff.arrays import U8
from tdiff.diffusion import Trace
from tdiff.lessons.core.showing import difference_pixels
from tdiff.pipeline import to_pixels
from tdiff.prompt.command import command_of
from tdiff.recipe import Recipe
from tdiff.ui.noise_curve import AXES, noise_curve
from tdiff.views.curve import Curve
from tdiff.views.figures import Figure, mean_difference
from tdiff.views.shown_command import ShownCommand

LIVE_STEPS = 8
"""Of a run that begins with noise; one that begins with a picture takes some of them."""


def live_recipe(recipe: Recipe, **texts: str) -> Recipe:
    """The bench's recipe with another prompt or negative, in few steps of a sampler that is good in few."""
    return recipe.replace(**texts, sampler="dpmpp2m", steps=LIVE_STEPS, eta=0.0, switches=())


@dataclass(frozen=True, slots=True, eq=False)
class Live:
    """What was typed, and the run that shows it.

    Attributes:
        recipe: of the run.
        trace: the run; the picture is on show once it is finished.
        start_path: where the picture is from that it starts from, if it does.
    """

    recipe: Recipe
    trace: Trace
    start_path: str | None

    def figures(self, before: U8 | None, made_before: str) -> tuple[Figure, ...]:
        """The picture, and beside it what the bench has.

        Args:
            before: the bench's picture, if it has one.
            made_before: the command that makes that.
        """
        picture = to_pixels(self.trace.final[0])
        live = Figure("live", picture, f"{len(self.trace)} steps", twin=self.twin())
        if before is None:
            return (live,)
        gap = f"{mean_difference(before, picture):.3f}"
        return (
            live,
            Figure("before", before, twin=ShownCommand(made_before, "before")),
            Figure("difference", difference_pixels(before, picture), gap),
        )

    def places(self) -> tuple[int, int, int, float | None, tuple[float, ...]]:
        """The scrubber's contents: all steps taken."""
        steps = len(self.trace)
        return steps, steps, steps, 0.0, tuple(self.trace.changes()[:, 0].tolist())

    def twin(self) -> ShownCommand:
        """The command that makes it."""
        return ShownCommand(command_of(self.recipe, self.start_path), "live")

    def curves(self) -> tuple[tuple[Curve, ...], str, str, float | None]:
        """The noise level along the run, at its end."""
        return (noise_curve(LIVE_STEPS),), *AXES, float(LIVE_STEPS)
