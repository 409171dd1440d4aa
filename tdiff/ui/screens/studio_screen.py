"""The studio: the bench without a teacher, and tools to play with it."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from textual import on
from textual.binding import Binding

from tdiff.errors import TdiffError
from tdiff.lessons.core.loader import STUDIO
from tdiff.recipe import Recipe
from tdiff.recipe.axis import parse_axis
from tdiff.store.history import Entry, History
from tdiff.ui.control.port import Command
from tdiff.ui.control.studio import Studio
from tdiff.ui.events import ThumbnailClick
from tdiff.ui.keymap import BENCH_KEYS, LESSON_KEYS, STUDIO_KEYS, bindings, press
from tdiff.ui.screens.bench_screen import BenchScreen
from tdiff.ui.screens.dialogs import path_of
from tdiff.ui.screens.gallery_screen import GalleryScreen
from tdiff.ui.screens.grid_screen import GridScreen
from tdiff.ui.screens.studio_dialogs import GridDialog, MorphDialog, StartDialog
from tdiff.ui.widgets.history_strip import LEAST, HistoryStrip
from tdiff.views.session import Session


class StudioScreen(BenchScreen):
    """Asks what the tools need to know, and keeps the history.

    Args:
        session: of its bench.
        every_step: show each step of a run, not only the last.
        keeps: whether finished pictures go into the history.
    """

    BINDINGS = [
        *bindings(BENCH_KEYS, STUDIO_KEYS, elsewhere=LESSON_KEYS),
        Binding("escape", press("leave"), show=False),
    ]

    def __init__(self, session: Session, every_step: bool = True, keeps: bool = True) -> None:
        super().__init__(STUDIO, session, every_step)
        self.history = History()
        self.not_kept = ""
        """Why the newest picture could not be kept."""
        self._told = {""}  # of what was found damaged
        self._own = not session.choice.runs_checkpoint
        self.studio = Studio(self.controller, self._keep if keeps else None)

    @property
    def part(self) -> Studio:
        """The tools."""
        return self.studio

    def commands(self) -> dict[str, Command]:
        """Also the tools that ask something first."""
        return super().commands() | {
            "grid": self._grid,
            "morph": self._morph,
            "start": self._start,
            "gallery": self._gallery,
        }

    async def begin(self) -> None:
        """Begin with a finished picture, so that there is something to change."""
        await self.query_one("#root").mount(HistoryStrip(self.history, self.app.depth), before="#controls")
        self._tell_of_damage()
        if not self.show_opened() and self._own:  # a checkpoint's steps are taken when they are asked for
            self.controller.do(self.controller.run.go_on)

    def show_opened(self) -> bool:
        """Show what was opened, in front of the run; returns whether there was anything."""
        view, self.app.opened = self.app.opened, None
        if view is not None:
            self.controller.lend(view)
        return view is not None

    async def rearrange(self, width: int, height: int) -> None:
        """Also with the history, where the terminal is wide enough."""
        self.set_class(width >= LEAST[0] and height >= LEAST[1], "-wide")
        await super().rearrange(width, height)

    # Dialogs

    def _grid(self) -> None:
        """Vary two settings at once."""
        pipeline, recipe = self.app.pipeline, self.session.recipe
        if pipeline is None:
            self.port.say("the model is being loaded …")
            return

        def begin(answers: dict[str, str] | None) -> None:
            if answers is not None:
                x = parse_axis(answers["x"])
                y = parse_axis(answers["y"]) if answers["y"].strip() else None
                base = recipe.replace(switches=(), start=None, watermark=None)
                self.app.push_screen(GridScreen(pipeline, base, x, y, self.app.depth, self.session.choice), self._take)

        self.app.push_screen(GridDialog(recipe, self.session.words), begin)

    def _take(self, recipe: Recipe | None) -> None:
        if recipe is not None:
            self.controller.opening.take(recipe)

    def _morph(self) -> None:
        """Walk to another prompt or seed."""

        def begin(answers: dict[str, str] | None) -> None:
            if answers is not None:
                self.studio.morph(answers)

        self.app.push_screen(MorphDialog(self.session.recipe.seed, self.session.words), begin)

    def _start(self) -> None:
        """Start from a picture of your own."""
        if not self._own:
            self.port.say("a checkpoint starts from noise here: i is for the model that ships with tdiff")
            return
        start = self.session.recipe.start

        def begin(answers: dict[str, str] | None) -> None:
            if answers is not None:
                path: Path | None = path_of(answers) if answers["path"].strip() else None
                self.studio.start_from(path, float(answers["strength"]) if path is not None else 1.0)

        self.app.push_screen(
            StartDialog(self.session.picture_path or "", start.strength if start is not None else 0.6), begin
        )

    def _gallery(self) -> None:
        """Show what was made."""

        def recall(entry: Entry | None) -> None:
            if entry is not None:
                self.studio.recall(entry)

        self.app.push_screen(GalleryScreen(self.history, self.app.depth, self.not_kept), recall)

    # History

    @on(ThumbnailClick)
    def _bring_back(self, event: ThumbnailClick) -> None:
        self.studio.recall(event.thumbnail.entry)

    def _keep(self, recipe: Recipe, pixels: bytes, start: bytes | None, note: str) -> None:
        self.run_worker(self._store(partial(self.history.add, recipe, pixels, start, note)), group="history")

    async def _store(self, store: Callable[[], None]) -> None:
        failed_before = self.not_kept
        try:
            await asyncio.to_thread(store)
        except TdiffError as error:
            self.not_kept = str(error)
            if not failed_before:
                self.port.say(error.with_remedy("the picture is kept in memory, and tried again"), True)
            return
        finally:
            self._tell_of_damage()
        self.not_kept = ""
        if failed_before:
            self.port.say("what could not be stored before is in the history now")
        for strip in self.query(HistoryStrip):  # none where the studio was left meanwhile
            await strip.fill()

    def _tell_of_damage(self) -> None:
        """Say once what was found damaged in the history."""
        if self.history.trouble not in self._told:
            self._told.add(self.history.trouble)
            self.port.say(self.history.trouble, True)

    def keep_again(self) -> None:
        """Store pictures that could not be stored."""
        trying = any(worker.group == "again" and not worker.is_finished for worker in self.workers)
        if self.history.waiting and self.not_kept and not trying:
            self.run_worker(self._store(self.history.store), group="again")
