"""The studio's tools: fork, compare, grid, morph, start picture, history."""

import dataclasses

from textual import on, work
from textual.message import Message
from textual.worker import get_current_worker

from tdiff.diffusion import Blend, Trace, run_of
from tdiff.errors import TdiffError
from tdiff.history import Entry
from tdiff.pipeline import start_picture, to_pixels
from tdiff.recipe import Recipe, Switch
from tdiff.recipe_axis import parse_axis
from tdiff.recipe_cli import to_command
from tdiff.render.load import load_picture
from tdiff.text import clean_text
from tdiff.ui.exhibits import Comparison, Fork, Morph
from tdiff.ui.figures import finished_or_guess
from tdiff.ui.screens.bench_screen import BenchScreen
from tdiff.ui.screens.dialogs import Ask, path_of
from tdiff.ui.screens.gallery_screen import GalleryScreen
from tdiff.ui.screens.grid_screen import GridScreen
from tdiff.ui.screens.studio_dialogs import GridDialog, MorphDialog, StartDialog

_BOTH = ("prompt", "negative")
_OPTIONS = ("guidance", "sampler", "eta")


class MorphGrew(Message):
    """A morph has another picture, or all of them."""

    def __init__(self, morph: Morph) -> None:
        super().__init__()
        self.morph = morph


class StudioTools(BenchScreen):
    """The hands of `StudioScreen`."""

    def action_live(self) -> None:
        """Redraw while typing, or not."""
        self.live = not self.live
        self.notice(f"live redraw is {'on' if self.live else 'off'}")
        self.draw()

    def action_bench(self) -> None:
        """Back to the three canvases."""
        self.player.stop()
        self.exhibit = None
        self.fork_at = self.fork_recipe = None
        self.notice("")
        self.draw()

    def recall(self, recipe: Recipe, start: bytes | None = None) -> None:
        """Leave a fork or what is on show, and bring a recipe to the bench."""
        self.action_bench()
        super().recall(recipe, start)

    def action_undo(self) -> None:
        """Close what is on show; on the bench, the settings before."""
        if self.exhibit is None and self.fork_at is None:
            super().action_undo()
            return
        self.action_bench()
        self.notice("back on the bench; u undoes its last change")

    # Fork

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
        self.notice("the next change of prompt, negative, guidance, seed or sampler makes the fork")
        self.draw()

    def change_fork(self, fields: dict[str, object]) -> bool:
        """Make the fork, or make it anew."""
        trace, base = self.session.trace, self.session.recipe
        try:
            wanted = self.fork_recipe.replace(**fields)
            if wanted.steps != base.steps:
                self.notice(f"a fork keeps its {base.steps} steps: b goes back to the bench")
                return False
            changed = [name for name in (*_BOTH, *_OPTIONS, "seed") if getattr(wanted, name) != getattr(base, name)]
            if not changed:
                return True
            options = dataclasses.replace(
                trace.run.options, **{name: getattr(wanted, name) for name in _OPTIONS if name in changed}
            )
            pipeline = self.app.pipeline
            conditions = None
            if set(changed) & set(_BOTH):
                conditions = pipeline.conditions([wanted.prompt], [wanted.negative])
            b = trace.fork(self.fork_at, conditions, options, wanted.seed if "seed" in changed else None)
        except TdiffError as error:
            self.notice(str(error), trouble=True)
            return False
        self.fork_recipe = wanted
        said = ", ".join(f"{name} {clean_text(str(getattr(wanted, name)), 30)}" for name in changed)
        self.exhibit = Fork(trace, b, self.fork_at, said)
        self.exhibit_at = 0
        self.player.go(b if trace.finished else trace, self.session.total)
        self.draw()
        return True

    def command(self) -> str:
        """The command for what is shown, as far as a command can say it."""
        if not isinstance(self.exhibit, Fork):
            return super().command()
        recipe = self._forked_recipe()
        if recipe is not None:
            return to_command(recipe, self.session.picture_path)
        return f"{super().command()}   # A; forks by guidance, sampler or seed are the explorer's alone"

    @property
    def has_recipe(self) -> bool:
        """Whether what is on show is something that a recipe repeats."""
        return self.exhibit is None or (isinstance(self.exhibit, Fork) and self._forked_recipe() is not None)

    def _forked_recipe(self) -> Recipe | None:
        """B as a recipe, where prompts alone were changed."""
        base, wanted = self.session.recipe, self.fork_recipe
        if wanted is None:
            return None
        texts = {name: getattr(wanted, name) for name in _BOTH if getattr(wanted, name) != getattr(base, name)}
        if base.replace(**texts) != wanted or base.switches:
            return None
        return base.replace(switches=(Switch(self.fork_at, **texts),))

    def to_export(self) -> tuple[Recipe, Trace | None] | None:
        """B of a fork by prompts; else the bench's, which must be in sight."""
        if self.exhibit is None:
            return super().to_export()
        recipe = self._forked_recipe() if isinstance(self.exhibit, Fork) else None
        if recipe is None:
            self.notice("no recipe repeats this: b goes back to the bench, where e saves its picture")
            return None
        return recipe, self.exhibit.b

    # Compare

    def action_compare(self) -> None:
        """Keep A, then show it against what there is now."""
        picture = finished_or_guess(self.session)
        if picture is None or not self.session.trace.finished:
            self.notice("only finished pictures are compared: enter runs to the end")
        elif self.kept is None:
            self.kept = picture, self.session.recipe
            self.notice("kept as A: change something, then a compares")
        else:
            a, recipe = self.kept
            self.exhibit, self.kept = Comparison(a, picture, recipe, self.session.recipe), None
            self.exhibit_at = 0
        self.draw()

    # Grid

    def action_grid(self) -> None:
        """Vary two settings at once."""
        if self.app.pipeline is None:
            return

        def begin(answers: dict[str, str] | None) -> None:
            if answers is not None:
                x = parse_axis(answers["x"])
                y = parse_axis(answers["y"]) if answers["y"].strip() else None
                base = self.session.recipe.replace(switches=(), start=None)
                self.app.push_screen(GridScreen(self.app.pipeline, base, x, y, self.depth), self._take)

        self.app.push_screen(GridDialog(self.session.recipe), begin)

    def _take(self, recipe: Recipe | None) -> None:
        if recipe is not None:
            self.action_bench()
            self.change(**{f.name: getattr(recipe, f.name) for f in dataclasses.fields(recipe)})
            self.aim(self.session.total)

    # Morph

    def action_morph(self) -> None:
        """Walk to another prompt or seed."""
        if self.app.pipeline is None:
            return
        asks = (
            Ask("prompt", "to this prompt", hint="such as a red apple"),
            Ask("seed", "or to this seed", hint=f"such as {self.session.recipe.seed + 1}"),
            Ask("count", "stations", "9"),
        )
        self.app.push_screen(MorphDialog("morph", MorphDialog.TEXT, asks, "walk"), self._morph)

    def _morph(self, answers: dict[str, str] | None) -> None:
        if answers is None:
            return
        recipe = self.session.recipe.replace(switches=(), start=None)
        count = int(answers["count"])
        self.exhibit_at = 0
        self.fork_at = self.fork_recipe = None
        if answers["prompt"].strip():
            self._walk_prompts(recipe, answers["prompt"], count)
        else:
            self._walk_seeds(recipe, int(answers["seed"]), count)

    @work(thread=True, exclusive=True, group="play")
    def _walk_prompts(self, recipe: Recipe, prompt: str, count: int) -> None:
        """Switch to the other prompt ever earlier: from never to at once."""
        worker = get_current_worker()
        firsts = [round(recipe.steps * (1 - i / (count - 1)) ** 2) for i in range(count)]  # early steps decide most
        stations = ["A alone", *(f"B from step {first + 1}" for first in firsts[1:-1]), "B alone"]
        about = "The same noise; each station switches to the other prompt earlier."
        pictures: tuple = ()
        for first in firsts:
            switched = recipe.replace(prompt=prompt) if first == 0 else recipe
            if 0 < first < recipe.steps:
                switched = recipe.replace(switches=(Switch(first, prompt=prompt),))
            pictures += (self.app.pipeline.generate(switched)[0],)
            if worker.is_cancelled:
                return
            self.post_message(MorphGrew(Morph(pictures, stations, about, count)))

    @work(thread=True, exclusive=True, group="play")
    def _walk_seeds(self, recipe: Recipe, seed: int, count: int) -> None:
        """From one starting noise to another along the arc between them."""
        worker, pipeline = get_current_worker(), self.app.pipeline
        options = pipeline.run(recipe).options
        stations = [f"{i / (count - 1):.0%} of seed {seed}" for i in range(count)]
        about = f"From the noise of seed {recipe.seed} to that of seed {seed}, along the arc between them."
        pictures: tuple = ()
        conditions = pipeline.conditions([recipe.prompt], [recipe.negative])
        for i in range(count):
            blend = Blend((seed,), i / (count - 1))
            trace = Trace(run_of(pipeline.denoiser, conditions, (recipe.seed,), options, blend=blend))
            for _ in trace.play():
                if worker.is_cancelled:
                    return
            pictures += (to_pixels(trace.final[0]),)
            self.post_message(MorphGrew(Morph(pictures, stations, about, count)))

    @on(MorphGrew)
    def _morph_grew(self, event: MorphGrew) -> None:
        self.exhibit = event.morph
        self.exhibit_at = min(self.exhibit_at, len(event.morph.pictures) - 1)
        self.draw()

    # Start picture

    def action_start_picture(self) -> None:
        """Start from a picture of your own."""
        strength = self.session.recipe.start.strength if self.session.recipe.start is not None else 0.6
        asks = (
            Ask("path", "PNG, JPEG or WebP; empty to start from noise again", self.session.picture_path or ""),
            Ask("strength", "how much of it is noised away, above 0, at most 1", f"{strength:g}"),
        )
        self.app.push_screen(StartDialog("start picture", StartDialog.TEXT, asks, "start from it"), self._start_from)

    def _start_from(self, answers: dict[str, str] | None) -> None:
        if answers is None:
            return
        self.action_bench()
        if not answers["path"].strip():
            self.session.start_from(None, None, self.session.recipe.replace(start=None))
        else:
            path = path_of(answers)
            loaded = load_picture(path)
            start = start_picture(loaded.picture, float(answers["strength"]))
            self.session.start_from(loaded.picture, str(path), self.session.recipe.replace(start=start))
            self.notice("; ".join(loaded.notes))
        self.aim(self.session.total)

    # History

    def action_gallery(self) -> None:
        """Show what was made."""
        self.app.push_screen(GalleryScreen(self.history, self.depth), self._recall)

    def _recall(self, entry: Entry | None) -> None:
        if entry is None:
            return
        self.recall(entry.recipe, entry.start)
