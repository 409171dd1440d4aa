"""Another guidance at a step that was taken, from its two predictions: exact, and without a model call."""

from typing import Final

from tdiff.diffusion import Trace
from tdiff.recipe import Recipe, differences
from tdiff.views.figures import Figure
from tdiff.views.page import Link, Page
from tdiff.views.run import Run
from tdiff.views.steps import track
from tdiff.views.view import Exhibit, Hint, Reply, Track, Way

_ALONE: Final = frozenset({"guidance"})


def dial_of(run: Run, recipe: Recipe) -> "Dial | None":
    """A dial where nothing but the guidance was changed at a step that has both predictions; None elsewhere."""
    trace, step = run.session.trace, run.session.step
    if trace is None or step is None or step.eps_neg is None or set(differences(run.recipe, recipe)) != _ALONE:
        return None
    return Dial(run, trace, recipe.guidance)


class Dial(Exhibit):
    """The steps that were taken under another w, each by itself.

    Args:
        run: whose steps these are, and what comes back.
        trace: the steps.
        w: the guidance.
    """

    ending = "this is the last step that was taken: enter runs all of it with this w"

    def __init__(self, run: Run, trace: Trace, w: float) -> None:
        super().__init__(run)
        self._run, self._trace, self._w = run, trace, w
        self.at = run.session.cursor
        """The step."""

    @property
    def title(self) -> str:
        """Heading of the guide."""
        return f"Guidance {self._w:g} at step {self._trace[self.at].index + 1}"

    @property
    def keys(self) -> tuple[Hint, ...]:
        """Other weights, other steps, or the whole run."""
        return (("g", "guidance"), ("← →", "step"), ("enter", "run it"), ("b", "bench"))

    @property
    def remark(self) -> str:
        """What it holds for."""
        return f"w {self._w:g} for this step alone, without a model call"

    @property
    def recipe(self) -> Recipe:
        """The run's, with this w."""
        return self._run.recipe.replace(guidance=self._w)

    def figures(self) -> tuple[Figure, ...]:
        """x_t as it is, and what would have been seen in it and guessed from it."""
        step, looks = self._trace[self.at], self._run.session.looks
        now = Figure("now x_t", looks.picture(step.x_t[0]))
        if step.eps_neg is None:
            return now, Figure(f"ε̂ at w {self._w:g}", None), Figure("clean guess x̂₀", None)
        guided = step.reguided(self._w, step.clip)
        return (
            now,
            Figure(f"ε̂ at w {self._w:g}", looks.noise(guided.eps[0])),
            Figure(
                f"clean guess x̂₀ at w {self._w:g}",
                looks.picture(guided.x0[0]),
                main=True,
                decode=looks.decoder(guided.x0[0]),
            ),
        )

    def track(self) -> Track:
        """The steps that were taken."""
        return track(self._trace, self._run.session.total, self.at)

    def page(self) -> Page:
        """What is shown, and how the whole run gets it."""
        return Page(
            self.title,
            f"The run was made with w {self._run.recipe.guidance:g}. Both predictions of this step are there, so that "
            "this is exact for the step on screen; the steps before stay as they were. Enter runs all with this w.",
            links=(
                Link("g", "guidance", "guidance"),
                Link("enter", "run it", "finish"),
                Link("b", "bench", "bench_view"),
            ),
            forward=False,
        )

    def why_not(self, key: str) -> str:
        """No step is taken here."""
        return "p plays on the bench: enter runs it with this w, b leaves it" if key == "play" else super().why_not(key)

    def way(self, key: str) -> Way:
        """The guidance is turned here; other settings are the run's."""
        return Way.HERE if key == "guidance" else super().way(key)

    @property
    def bound(self) -> int:
        """Where it is."""
        return self.at

    def move(self, place: int) -> Reply | None:
        """To another step that was taken."""
        self.at = min(max(place, 0), len(self._trace) - 1)
        return Reply(self.ending) if place > self.at else None

    def change(self, recipe: Recipe) -> Reply | None:
        """Turn it."""
        self._w = recipe.guidance
        return None

    def go_on(self) -> Reply | None:
        """Run all of it with this w."""
        self._run.session.move(self.at)
        reply = self._run.change(self.recipe)
        return Reply(reply.text if reply else "", reply.trouble if reply else False, view=self._run)
