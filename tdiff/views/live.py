"""A picture made in few steps while its words are typed. Knows no widget."""

from collections.abc import Iterator
from typing import Final

from tdiff.diffusion import Trace
from tdiff.pipeline import Pipeline
from tdiff.prompt.understand import TextRole
from tdiff.recipe import Recipe
from tdiff.views.figures import Figure, difference_pixels, finished_or_guess, mean_difference
from tdiff.views.noise_curve import AXES, noise_curve
from tdiff.views.page import Page
from tdiff.views.run import Run
from tdiff.views.shown_command import ShownCommand
from tdiff.views.steps import Reach, taken
from tdiff.views.view import Overlay, Plot, Track, View, Way

LIVE_STEPS: Final = 8
"""Of a run that begins with noise; one that begins with a picture takes some of them."""
_TEXTS: Final = frozenset({"prompt", "negative", "guidance"})
_LOOKING: Final = frozenset({"typing", "copy", "turn", "turn_back", "guide_up", "guide_down"})


class Live(Overlay):
    """What is typed. Its picture is on show once it is finished; until then what was there before is.

    Args:
        behind: what was there before.
        run: on the bench, whose recipe it is with another text.
    """

    def __init__(self, behind: View, run: Run) -> None:
        super().__init__(behind)
        self._run = run
        self._recipe: Recipe = run.recipe
        self._trace: Trace | None = None

    def type(self, pipeline: Pipeline, role: TextRole, text: str) -> None:
        """Begin the picture of another text; the one of the text before is given up.

        Raises:
            TdiffError: no picture can be made of it.
        """
        base = self._run.session.recipe
        few = base.replace(sampler="dpmpp2m", steps=LIVE_STEPS, eta=0.0, switches=())
        recipe = few.replace(prompt=text) if role == "prompt" else few.replace(negative=text)
        self._trace = pipeline.trace(recipe, picture=self._run.session.picture)
        self._recipe = recipe

    @property
    def shown(self) -> Trace | None:
        """Its run, once that is finished."""
        return self._trace if self._trace is not None and self._trace.finished else None

    @property
    def recipe(self) -> Recipe | None:
        """That of the picture on show."""
        return self._recipe if self.shown is not None else self.behind.recipe

    def figures(self) -> tuple[Figure, ...]:
        """The picture, and beside it what the bench has."""
        shown = self.shown
        if shown is None:
            return self.behind.figures()
        picture, before = self._run.session.looks.finished(shown), finished_or_guess(self._run.session)
        live = Figure("live", picture, f"{len(shown)} steps", command=self.command())
        if before is None:
            return (live,)
        made_before = ShownCommand(self._run.command().command, "before")
        return (
            live,
            Figure("before", before, command=made_before),
            Figure("difference", difference_pixels(before, picture), f"{mean_difference(before, picture):.3f}"),
        )

    def track(self) -> Track:
        shown = self.shown
        if shown is None:
            return self.behind.track()
        steps = len(shown)
        return Track(steps, steps, steps, 0.0, tuple(shown.changes()[:, 0].tolist()))

    def plot(self) -> Plot:
        """The noise level along the run, at its end."""
        if self.shown is None:
            return self.behind.plot()
        return Plot(
            (noise_curve(LIVE_STEPS, self._recipe.sampler, self._run.session.looks.schedule),), *AXES, float(LIVE_STEPS)
        )

    def page(self) -> Page | None:
        """What is behind goes on being told until the picture is there."""
        return self.behind.page() if self.shown is None else None

    def command(self) -> ShownCommand:
        """The command that makes it."""
        if self.shown is None:
            return self.behind.command()
        return ShownCommand(self._run.session.command(self._recipe), "live")

    @property
    def takes(self) -> frozenset[str]:
        """Nothing but what is written changes while it is being written, and w."""
        return _TEXTS

    def why_not(self, key: str) -> str:
        """The keys write; what is clicked waits."""
        return "" if key in _TEXTS or key in _LOOKING else self.fixed(key)

    def fixed(self, field: str) -> str:
        return "enter takes what is written, esc leaves it: then this can be changed"

    def way(self, key: str) -> Way:
        """A text that is taken is the run's."""
        return Way.RUN if key in _TEXTS else Way.HERE

    def wish(self) -> Reach | None:
        return None if self._trace is None or self._trace.finished else Reach(self._trace, LIVE_STEPS)

    def fulfil(self, wish: Reach) -> Iterator[float]:
        """Take them; only the finished picture is worth showing."""
        return taken(wish, every=False, looks=self._run.session.looks)

    def take(self, state: float) -> None:
        """The picture is there."""
