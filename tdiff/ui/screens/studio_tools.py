"""The studio's tools: compare, grid, morph, start picture, history."""

import dataclasses

from textual import on, work
from textual.message import Message
from textual.worker import get_current_worker

from tdiff.diffusion import Blend, Trace, run_of
from tdiff.pipeline import start_picture, to_pixels
from tdiff.recipe import Recipe, Switch
from tdiff.recipe.axis import parse_axis
from tdiff.render.load import load_picture
from tdiff.store.history import Entry
from tdiff.text import clean_text
from tdiff.ui.exhibits import Comparison, Morph
from tdiff.ui.screens.dialogs import Ask, path_of
from tdiff.ui.screens.fork_tools import ForkTools
from tdiff.ui.screens.gallery_screen import GalleryScreen
from tdiff.ui.screens.grid_screen import GridScreen
from tdiff.ui.screens.studio_dialogs import GridDialog, MorphDialog, StartDialog
from tdiff.ui.widgets.canvases import Canvases
from tdiff.views.figures import finished_or_guess


class MorphGrew(Message):
    """A morph has another picture, or all of them."""

    def __init__(self, morph: Morph) -> None:
        super().__init__()
        self.morph = morph


class StudioTools(ForkTools):
    """The hands of `StudioScreen`."""

    def action_live(self) -> None:
        """Redraw while typing, or not."""
        self.live = not self.live
        self.notice(f"live redraw is {'on' if self.live else 'off'}")
        self.draw()

    def action_bench(self) -> None:
        """Back to the three canvases."""
        on_bench = self.exhibit is None and self.fork_at is None
        self.to_bench()
        self.notice("this is the bench" if on_bench else "")

    def to_bench(self) -> None:
        """End what is on show."""
        self.player.stop()
        self._clear()
        self.notice("")
        self.draw()

    def _clear(self) -> None:
        """End what is on show, and turn to what the bench has first."""
        if self.exhibit is not None:
            self.query_one(Canvases).bring(0)
        self.exhibit = None
        self.fork_at = self.fork_recipe = None

    def recall(self, recipe: Recipe, start: bytes | None = None) -> None:
        """Leave a fork or what is on show, and bring a recipe to the bench."""
        self.to_bench()
        super().recall(recipe, start)

    def action_undo(self) -> None:
        """Close what is on show; on the bench, the settings before."""
        if self.exhibit is None and self.fork_at is None:
            super().action_undo()
            return
        self.to_bench()
        self.notice("back on the bench; u undoes its last change")

    # Compare

    def action_compare(self) -> None:
        """Keep A, then show it against what there is now."""
        picture = finished_or_guess(self.session)
        if picture is None or not self.session.trace.finished:
            self.notice("only finished pictures are compared: enter runs to the end")
        elif self.kept is None:
            self.kept = picture, self.session.recipe, self.session.picture_path
            self.notice("kept as A: change something, then a compares")
        else:
            a, recipe, path = self.kept
            paths = path, self.session.picture_path
            self.exhibit, self.kept = Comparison(a, picture, recipe, self.session.recipe, *paths), None
            self.exhibit_at = 0
            self.query_one(Canvases).bring(0)
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
                base = self.session.recipe.replace(switches=(), start=None, watermark=None)
                self.app.push_screen(GridScreen(self.app.pipeline, base, x, y, self.depth), self._take)

        self.app.push_screen(GridDialog(self.session.recipe), begin)

    def _take(self, recipe: Recipe | None) -> None:
        if recipe is not None:
            self.to_bench()
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
        self.query_one(Canvases).bring(0)
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
        about = f"The same noise; each station switches to B, “{clean_text(prompt, 80)}”, earlier."
        recipes = [_switched(recipe, prompt, first) for first in firsts]
        pictures: tuple = ()
        for switched in recipes:
            pictures += (self.app.pipeline.generate(switched)[0],)
            if worker.is_cancelled:
                return
            self.post_message(MorphGrew(Morph(pictures, stations, recipes, about, count)))

    @work(thread=True, exclusive=True, group="play")
    def _walk_seeds(self, recipe: Recipe, seed: int, count: int) -> None:
        """From one starting noise to another along the arc between them."""
        worker, pipeline = get_current_worker(), self.app.pipeline
        options = pipeline.run(recipe).options
        stations = [f"{i / (count - 1):.0%} of seed {seed}" for i in range(count)]
        about = f"From the noise of seed {recipe.seed} to that of seed {seed}, along the arc between them."
        recipes = [recipe, *(None for _ in range(count - 2)), recipe.replace(seed=seed)]
        pictures: tuple = ()
        conditions = pipeline.conditions([recipe.prompt], [recipe.negative])
        for i in range(count):
            blend = Blend((seed,), i / (count - 1))
            trace = Trace(run_of(pipeline.denoiser, conditions, (recipe.seed,), options, blend=blend))
            for _ in trace.play():
                if worker.is_cancelled:
                    return
            pictures += (to_pixels(trace.final[0]),)
            self.post_message(MorphGrew(Morph(pictures, stations, recipes, about, count)))

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
        self.to_bench()
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
        self.app.push_screen(GalleryScreen(self.history, self.depth, self.not_kept), self._recall)

    def _recall(self, entry: Entry | None) -> None:
        if entry is not None:
            self.recall_entry(entry)

    def recall_entry(self, entry: Entry) -> None:
        """Bring back what was made; of what no recipe repeats, its settings."""
        self.recall(entry.recipe, entry.start)
        if entry.note:
            self.notice("it was a fork, which no recipe repeats: its settings now hold from the first step")


def _switched(recipe: Recipe, prompt: str, first: int) -> Recipe:
    """A recipe that goes over to another prompt at a step; never where that is behind its end."""
    if first == 0:
        return recipe.replace(prompt=prompt)
    return recipe.replace(switches=(Switch(first, prompt=prompt),)) if first < recipe.steps else recipe
