"""Forks: going on from a step that was taken in another way."""

import dataclasses

from tdiff.diffusion import Trace
from tdiff.errors import TdiffError
from tdiff.recipe import Recipe, Switch
from tdiff.text import clean_text
from tdiff.ui.exhibits import Exhibit, Fork
from tdiff.ui.screens.bench_screen import BenchScreen
from tdiff.ui.widgets.canvases import Canvases

_TEXTS = ("prompt", "negative")
_OPTIONS = ("guidance", "sampler", "eta")


class ForkTools(BenchScreen):
    """A bench whose run can be forked, and which can show something else than its run meanwhile."""

    exhibit: Exhibit | None = None
    """What is on show; None for the run."""
    exhibit_at = 0
    """Where it is along that."""
    fork_at: int | None = None
    """Grid index of the step that the next change forks from."""
    fork_recipe: Recipe | None = None
    """The settings of B."""

    def action_fork(self) -> None:
        """Go on from the step under the cursor in another way."""
        session = self.session
        if self.exhibit is not None or self.fork_at is not None:
            self.notice("b goes back to the bench; from there f forks again")
            return
        if session.trace is None or not len(session.trace):
            self.notice("there is no step to fork from yet: space takes one")
            return
        place = min(session.cursor, len(session.trace) - 1)
        self.fork_at = session.trace[place].index
        self.fork_recipe = session.recipe
        self.notice("what you change next makes the fork; b is never mind")
        self.draw()

    def change_fork(self, fields: dict[str, object]) -> bool:
        """Make the fork, or make it anew."""
        trace, base = self.session.trace, self.session.recipe
        try:
            wanted = self.fork_recipe.replace(**fields)
            if wanted.switches != base.switches:
                self.notice("a fork keeps its switches: b goes back to the bench")
                return False
            if wanted.steps != base.steps:
                self.notice(f"a fork keeps its {base.steps} steps: b goes back to the bench")
                return False
            changed = [name for name in (*_TEXTS, *_OPTIONS, "seed") if getattr(wanted, name) != getattr(base, name)]
            if not changed:
                return True
            options = dataclasses.replace(
                trace.run.options, **{name: getattr(wanted, name) for name in _OPTIONS if name in changed}
            )
            pipeline = self.app.pipeline
            conditions = None
            if set(changed) & set(_TEXTS):
                conditions = pipeline.conditions([wanted.prompt], [wanted.negative])
            b = trace.fork(self.fork_at, conditions, options, wanted.seed if "seed" in changed else None)
        except TdiffError as error:
            self.notice(str(error), trouble=True)
            return False
        self.fork_recipe = wanted
        said = ", ".join(f"{name} {clean_text(str(getattr(wanted, name)), 30)}" for name in changed)
        repeats = _repeating(base, wanted, self.fork_at)
        self.exhibit = Fork(trace, b, self.fork_at, said, base, repeats, self.session.picture_path)
        self.exhibit_at = 0
        self.player.go(b if trace.finished else trace, self.session.total)
        self.draw()
        self.query_one(Canvases).reveal(1)  # B is what was just changed
        return True

    @property
    def has_recipe(self) -> bool:
        """Whether what is on show is something that a recipe repeats."""
        return self.exhibit is None or (isinstance(self.exhibit, Fork) and self.exhibit.recipe_b is not None)

    def to_export(self) -> tuple[Recipe, Trace | None] | None:
        """B of a fork by prompts; else the bench's, which must be in sight."""
        if self.exhibit is None:
            return super().to_export()
        if isinstance(self.exhibit, Fork) and self.exhibit.recipe_b is not None:
            return self.exhibit.recipe_b, self.exhibit.b
        self.notice("no recipe repeats this: b goes back to the bench, where e saves its picture")
        return None


def _repeating(base: Recipe, wanted: Recipe, index: int) -> Recipe | None:
    """The recipe of a fork, where prompts alone were changed; else there is none."""
    texts = {name: getattr(wanted, name) for name in _TEXTS if getattr(wanted, name) != getattr(base, name)}
    if base.replace(**texts) != wanted or base.switches:
        return None
    return base.replace(switches=(Switch(index, **texts),))
