"""Going on from a step in another way, beside the run as it was. Knows no widget."""

import dataclasses
from collections.abc import Iterator
from typing import Final

from tdiff.arrays import U8
from tdiff.diffusion import Trace, mean_abs_difference
from tdiff.pipeline import Pipeline
from tdiff.recipe import Recipe, Switch
from tdiff.text import clean_text
from tdiff.views.curve import Curve
from tdiff.views.export import Saving
from tdiff.views.figures import Figure, difference_pixels, mean_difference
from tdiff.views.looks import Looks
from tdiff.views.page import Link, Page
from tdiff.views.run import Run
from tdiff.views.shown_command import ShownCommand
from tdiff.views.steps import Reach, film, taken
from tdiff.views.view import Exhibit, Export, Made, Overlay, Plot, Reply, Still, Track, Way

_TEXTS: Final = ("prompt", "negative")
_OPTIONS: Final = ("guidance", "guidance_start", "sampler", "eta")
_WHOLE: Final = "a fork is made of whole texts"
_B = 1  # place of its canvas


class ForkPoint(Overlay):
    """A step that the next change forks from; until then the run is shown.

    Args:
        run: what forks, at the step under its cursor.
        pipeline: reads other prompts.
        trace: the steps of the run, at least one.
    """

    def __init__(self, run: Run, pipeline: Pipeline, trace: Trace) -> None:
        super().__init__(run)
        self._run, self._pipeline, self._a = run, pipeline, trace
        self.index = trace[min(run.session.cursor, len(trace) - 1)].index
        """Of the step, in the grid of all steps."""

    @property
    def title(self) -> str:
        """Where it is."""
        return f"Fork at step {self.index + 1}"

    def page(self) -> Page:
        """What to do next."""
        return Page(
            self.title,
            "Now change something: / prompt, n negative, g guidance, r seed, s sampler. "
            "From this step on the change holds; what was before is shared.",
            links=(Link("b", "never mind", "bench_view"),),
            forward=False,
        )

    def why_not(self, key: str) -> str:
        """A fork is made of whole texts."""
        return _WHOLE if key == "typing" else super().why_not(key)

    def way(self, key: str) -> Way:
        """What is changed is B's; the rest is the run's."""
        if key == "undo":
            return Way.CLOSE
        return Way.RUN if key == "reset" else Way.HERE

    def cycle(self, which: str) -> Reply | None:
        """Another form of the run's prediction, or another setting of B."""
        return self.behind.cycle(which) if which == "form" else super().cycle(which)

    def change(self, recipe: Recipe) -> Reply | None:
        """Make B."""
        return _forked(self._run, self._pipeline, self._a, self.index, recipe)


class Fork(Exhibit):
    """Two ways on from one step.

    Args:
        run: A, and what comes back.
        pipeline: reads other prompts.
        a: the steps of A.
        b: those of B; what was before the fork is shared.
        index: of the first step that differs, in the grid of all steps.
        recipe: the settings of B.
        changed: what differs in them, such as "guidance 8".
        recipe_b: what makes B again; None where no recipe does.
    """

    def __init__(
        self,
        run: Run,
        pipeline: Pipeline,
        a: Trace,
        b: Trace,
        index: int,
        recipe: Recipe,
        changed: str,
        recipe_b: Recipe | None,
    ) -> None:
        super().__init__(run)
        self._run, self._pipeline = run, pipeline
        self._recipe, self._recipe_a, self._changed = recipe, run.recipe, changed
        self.a, self.b, self.index, self.recipe_b = a, b, index, recipe_b
        self.at = 0
        """The place on the scrubber."""

    @property
    def title(self) -> str:
        """Heading of the guide."""
        return f"Fork at step {self.index + 1}: {self._changed}"

    @property
    def recipe(self) -> Recipe:
        """The settings of B."""
        return self._recipe

    def page(self) -> Page:
        """What is what."""
        text = (
            "A goes on as it was, B with the change; both share every step before. ← → move along both. "
            "Change more, and B is made anew. b goes back to A."
        )
        links = (Link("b", "bench", "bench_view"), Link("e", "export B", "export"))
        return Page(
            self.title,
            text,
            table=self._table(),
            links=links[: 1 if self.recipe_b is None else 2],
            forward=False,
        )

    def figures(self) -> tuple[Figure, ...]:
        """A, B and their difference."""
        looks = self._run.session.looks
        a, b = _at(self.a, self.at, looks), _at(self.b, self.at, looks)
        made_a, made_b = self._commands()
        gap, note = (None, "") if a is None or b is None else (difference_pixels(a, b), f"{mean_difference(a, b):.3f}")
        return (
            Figure("A as it was", a, command=made_a),
            Figure("B forked", b, command=made_b, main=True),
            Figure("difference of x̂₀", gap, note),
        )

    def command(self) -> ShownCommand:
        """That of B; where it has none, that of A."""
        made_a, made_b = self._commands()
        return made_b if made_b.command else ShownCommand(made_a.command, "no command makes B; A")

    def track(self) -> Track:
        """The steps that both have taken; the bars are how far apart they are."""
        levels = self.a.noise_levels
        level = levels[min(self.at, len(levels) - 1)] if len(self.a) else 1.0
        return Track(self._total, self._done, self.at, level, self._gaps(), ("step", "A to B"))

    def plot(self) -> Plot:
        """The divergence."""
        gaps = self._gaps()
        if len(gaps) < 2:
            return self.behind.plot()
        xs = tuple(float(i + self.a.first) for i in range(len(gaps)))
        curve = Curve("A against B", xs, gaps)
        return Plot((curve,), "steps taken", "mean absolute difference", float(self.at + self.a.first))

    def strip(self, count: int) -> tuple[Still, ...]:
        """None: how far apart they are is the point."""
        return ()

    def made(self) -> tuple[Made, ...]:
        """A and B, as far as they are finished."""
        b = Made(self.recipe_b or self._recipe, self.b, "" if self.recipe_b is not None else self.title)
        return tuple(each for each in (Made(self._recipe_a, self.a), b) if each.trace.finished)

    def export(self) -> Export | Saving | str:
        """B, where a recipe repeats it."""
        if self.recipe_b is None:
            return super().export()
        if not self.b.finished:
            return "B is not finished yet"
        return Export(self.recipe_b, film(self.b, self._run.session.looks), trace=self.b)

    def why_not(self, key: str) -> str:
        """B is made of whole texts."""
        return _WHOLE if key == "typing" else super().why_not(key)

    def way(self, key: str) -> Way:
        """What is changed is B's."""
        if key == "undo":
            return Way.CLOSE
        return Way.RUN if key == "reset" else Way.HERE

    @property
    def bound(self) -> int:
        """Where it is."""
        return self.at

    def move(self, place: int) -> Reply | None:
        """Along both, as far as both have come."""
        self.at = min(max(place, 0), self._done, self._total)
        return None

    def change(self, recipe: Recipe) -> Reply | None:
        """Make B anew."""
        return _forked(self._run, self._pipeline, self.a, self.index, recipe)

    def wish(self) -> Reach | None:
        """A to its end, then B."""
        wishes = (Reach(trace, self._total) for trace in (self.a, self.b))
        return next((wish for wish in wishes if not wish.fulfilled), None)

    def fulfil(self, wish: Reach) -> Iterator[float]:
        """Take its steps."""
        return taken(wish, looks=self._run.session.looks)

    def take(self, state: float) -> None:
        """Follow them."""
        self.at = min(self._done, self._total)

    @property
    def _total(self) -> int:
        return self._run.session.total

    @property
    def _done(self) -> int:
        return min(len(self.a), len(self.b))

    def _commands(self) -> tuple[ShownCommand, ShownCommand]:
        a = ShownCommand(self._run.session.command(self._recipe_a), "A")
        if self.recipe_b is None:
            return a, ShownCommand(said="no command makes B; only forks by other words have one")
        return a, ShownCommand(self._run.session.command(self.recipe_b), "B")

    def _table(self) -> tuple[tuple[str, ...], ...]:
        """How far apart the two are."""
        gaps = self._gaps()
        if not gaps:
            return ()
        place = min(self.at, len(gaps) - 1)
        return (
            ("difference of A and B", "now", "at the end"),
            ("of x_t, mean absolute", f"{gaps[place]:.3f}", f"{gaps[-1]:.3f}" if self.b.finished else "…"),
        )

    def _gaps(self) -> tuple[float, ...]:
        pairs = zip(self.a.states, self.b.states, strict=False)
        return tuple(float(mean_abs_difference(x, y)[0]) for x, y in pairs)


def _forked(run: Run, pipeline: Pipeline, trace: Trace, index: int, wanted: Recipe) -> Reply | None:
    """The fork that goes on from a step with other settings; None where they are the same.

    Raises:
        TdiffError: nothing can be made with them.
    """
    base = run.recipe
    if wanted.switches != base.switches:
        return Reply("a fork keeps its switches: b goes back to the bench")
    if wanted.steps != base.steps:
        return Reply(f"a fork keeps its {base.steps} steps: b goes back to the bench")
    changed = [name for name in (*_TEXTS, *_OPTIONS, "seed") if getattr(wanted, name) != getattr(base, name)]
    if not changed:
        return None
    options = dataclasses.replace(
        trace.run.options, **{name: getattr(wanted, name) for name in _OPTIONS if name in changed}
    )
    conditions = None
    if set(changed) & set(_TEXTS):
        conditions = pipeline.conditions([wanted.prompt], [wanted.negative])
    b = trace.fork(index, conditions, options, wanted.seed if "seed" in changed else None)
    said = ", ".join(f"{name} {clean_text(str(getattr(wanted, name)), 30)}" for name in changed)
    fork = Fork(run, pipeline, trace, b, index, wanted, said, _repeating(base, wanted, index))
    return Reply(view=fork, reveal=_B)  # B is what was just changed


def _repeating(base: Recipe, wanted: Recipe, index: int) -> Recipe | None:
    """The recipe of a fork, where prompts alone were changed; else there is none."""
    texts = {name: getattr(wanted, name) for name in _TEXTS if getattr(wanted, name) != getattr(base, name)}
    if base.replace(**texts) != wanted or base.switches:
        return None
    return base.replace(switches=(Switch(index, **texts),))


def _at(trace: Trace, cursor: int, looks: Looks) -> U8 | None:
    """The clean guess at a place, or the finished picture."""
    if not len(trace):
        return None
    if cursor >= len(trace):
        return looks.finished(trace) if trace.finished else looks.picture(trace[-1].x0[0])
    return looks.picture(trace[cursor].x0[0])
