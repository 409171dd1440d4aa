"""The explorer."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual import work
from textual.app import SystemCommand
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen
from textual.worker import WorkerFailed

from tdiff.ending import fault_sentence
from tdiff.engines.choice import OURS, EngineChoice
from tdiff.engines.differing import what_differs
from tdiff.errors import TdiffError
from tdiff.lessons.core.loader import STUDIO, titles
from tdiff.recipe import FIRST_PROMPT, FIRST_SEED, Recipe
from tdiff.store.config import Config
from tdiff.store.place import Place, save_place
from tdiff.terminal.guard import leave_within
from tdiff.text import clean_text
from tdiff.ui.commands import BenchCommands
from tdiff.ui.events import LessonChoice
from tdiff.ui.explorer import Explorer
from tdiff.ui.filters import around
from tdiff.ui.keymap import APP_KEYS, bindings, settled
from tdiff.ui.paced_driver import PacedDriver
from tdiff.ui.screens.opening_screen import OpeningScreen
from tdiff.views.looks import looks_of
from tdiff.views.view import Hint, View
from tdiff.views.words import CheckpointWords

if TYPE_CHECKING:
    from tdiff.pipeline import Pipeline
    from tdiff.terminal.capabilities import Depth
    from tdiff.ui.screens.bench_screen import BenchScreen

_KEEP_SECONDS = 2.0
"""Between two looks at whether there is something to write down."""
_WARNING_SECONDS = 12.0


class TdiffApp(Explorer):
    """Lessons 1 to 4 and the studio, each a screen that is kept while another is open.

    Args:
        config: settings.
        depth: colour depth of the terminal.
        lesson: which to open first; None for where it was left.
        recipe: what its bench begins with.
        place: where it was left.
        opened: what the studio shows first, in front of its run.
        choice: the model, and what runs it.
        when_loaded: called once the model is there and every bench knows.
        encoding: of the terminal.
    """

    TITLE = "tdiff"
    BINDINGS = bindings(APP_KEYS)
    COMMANDS = Explorer.COMMANDS | {BenchCommands}
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+backslash"  # ours are in the key table

    def __init__(
        self,
        config: Config,
        depth: "Depth",
        lesson: int | None = None,
        recipe: Recipe | None = None,
        place: Place | None = None,
        opened: View | None = None,
        choice: EngineChoice = OURS,
        when_loaded: Callable[[], None] = lambda: None,
        encoding: str = "utf-8",
    ) -> None:
        self._encoding = encoding
        super().__init__(config, depth)
        self._when_loaded = when_loaded
        self._place, self.opened, self.choice = place or Place(), opened, choice
        left = self._place.lesson if self._place.lesson in titles() else 1
        self._lesson, self._recipe = lesson or (left if opened is None else STUDIO), recipe
        if choice.runs_checkpoint:
            self._lesson = STUDIO
        self._benches: dict[int, BenchScreen] = {}
        if self.reduced_motion:
            self.animation_level = "none"

    def on_mount(self) -> None:
        """Paint something at once; what takes long to load comes behind it."""
        keys, refused = settled(self.config.keymap())
        self.set_keymap(keys)
        wanted = self.config.appearance.theme
        if wanted and wanted not in self.available_themes:
            refused.append(f'appearance.theme: there is no theme "{clean_text(wanted, 40)}"; : lists them')
        for name in (wanted, self._place.theme):
            if name in self.available_themes:
                self.theme = name
                break
        self.install_screen(
            OpeningScreen(self._lesson, self._opening_said), "opening"
        )  # one that is not installed is removed when it is
        self.push_screen("opening")  # left, and every removed screen has Textual paint the next one whole again
        for warning in (*self.config.warnings, *refused):
            self.notify(warning, severity="warning", timeout=_WARNING_SECONDS, markup=False)
        self.call_after_refresh(self._load)

    @work(thread=True, group="load")
    def _load(self) -> None:
        """Import the benches, load the model, and take a step that nobody sees, since the first is the slowest."""
        from tdiff.pipeline import load_chosen
        from tdiff.ui.benches import prepare

        try:
            prepare(self._lesson)
            if self.choice.runs_checkpoint:
                self._load_checkpoint()
                return
            self.call_from_thread(self._open)
            pipeline = load_chosen(self.choice)
            pipeline.generate(self._start_recipe(self._lesson).replace(steps=1, switches=()))
        except TdiffError as error:
            self.call_from_thread(self.exit, 1, message=Text(f"tdiff: {clean_text(str(error))}"))
            return
        self.call_from_thread(self._loaded, pipeline)

    def _load_checkpoint(self) -> None:
        """Load it before a bench is opened: what a bench shows depends on its decoder and its tokenizer."""
        from tdiff.engines.devices import memory_in_use
        from tdiff.engines.diffusers_model import DiffusersModel
        from tdiff.pipeline import load_chosen

        pipeline = load_chosen(self.choice)
        self.looks, self.words = looks_of(pipeline), CheckpointWords(pipeline.model)
        if isinstance(pipeline.model, DiffusersModel):
            self.memory = partial(memory_in_use, pipeline.model.device)
        self.pipeline = pipeline
        self.call_from_thread(self._open)
        self.call_from_thread(self._loaded, pipeline)

    @property
    def _opening_said(self) -> str:
        """What takes long, and how to leave it."""
        if not self.choice.runs_checkpoint:
            return "tdiff · loading the model …"
        name = clean_text(self.choice.model.name, 60) if self.choice.model is not None else "the checkpoint"
        return f"tdiff · loading {name} by {self.choice.said} … (q leaves)"

    def _open(self) -> None:
        """Open the first bench, and hand it the keys that were pressed too early."""
        opening = self.screen
        self.pop_screen()
        self.action_lesson(self._lesson)
        for key in opening.keys if isinstance(opening, OpeningScreen) else ():
            self.simulate_key(key)
        self.set_interval(_KEEP_SECONDS, self._keep_all)

    def _loaded(self, pipeline: "Pipeline") -> None:
        """Tell every bench that is open."""
        self.pipeline = pipeline
        said = "" if self._recipe is None else what_differs(self._recipe, pipeline.info)
        if said:
            self.notify(f"The recipe was {said}.", timeout=_WARNING_SECONDS, markup=False)
        for bench in self._benches.values():
            if bench.is_attached and bench.controller.joined and bench.query("#scrubber"):  # not being taken down
                bench.loaded()
        self._when_loaded()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What Textual offers by itself, without what tdiff has better or does not want on a bench."""
        return (command for command in super().get_system_commands(screen) if command.title == "Quit")

    def action_lesson(self, number: int) -> None:
        """Open a lesson."""
        self.open_lesson(number)

    def open_lesson(self, number: int) -> None:
        """Open a lesson, or the studio."""
        if self.choice.runs_checkpoint and number != STUDIO:
            self.notify(
                f"Lesson {number} runs the model that ships with tdiff: start tdiff without --model for it.", timeout=5
            )
            return
        if isinstance(self.screen, OpeningScreen):
            self._lesson = number
            return
        if number not in self._benches:
            from tdiff.ui.benches import make_bench

            bench = make_bench(number, self._start_recipe(number), self)
            if bench is None:
                self.notify(f"Lesson {number} is not written yet.", timeout=3)
                return
            self._benches[number] = bench
            self.install_screen(bench, f"bench-{number}")
        bench = self._benches[number]
        if self.screen in self._benches.values() and self.screen is not bench:
            self.switch_screen(bench)
        elif len(self.screen_stack) == 1:
            self.push_screen(bench)
        else:
            return  # it is open, or a dialog is over it
        self._lesson = number

    def open_view(self, view: View) -> None:
        """Show a view in the studio, in front of its run."""
        self.opened = view
        self.open_lesson(STUDIO)
        studio = self._benches[STUDIO]
        if studio.controller.joined:
            studio.show_opened()

    def on_lesson_choice(self, event: LessonChoice) -> None:
        """A click in the lesson bar."""
        self.open_lesson(event.number)

    def action_help(self) -> None:
        """Every key, and the words."""
        from tdiff.ui.screens.help_screen import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            terms = self._benches[self._lesson].terms if self.screen in self._benches.values() else ()
            self.push_screen(HelpScreen(*self._keys_here(), terms))

    def _keys_here(self) -> tuple[str, Sequence[Hint]]:
        """What is open, and the keys that mean something else there."""
        screen = self.screen
        if screen in self._benches.values():
            view = self._benches[self._lesson].view
            return view.title, view.keys
        return getattr(screen, "OWN_KEYS", ("", ()))

    async def action_quit(self) -> None:
        """Leave, whatever is still at work."""
        if not self.is_headless:
            leave_within()
        self._keep_all()
        self.exit(0)

    def _print_error_renderables(self) -> None:
        """Say in one sentence that something went wrong; a trace with everything in it only where it is asked for."""
        if self._exception is None or os.environ.get("TDIFF_DEBUG") or self.is_headless:
            super()._print_error_renderables()
        else:
            fault: BaseException = self._exception
            if isinstance(fault, WorkerFailed):  # the one that counts is inside
                fault = fault.error
            print(fault_sentence(fault), file=sys.stderr)  # noqa: T201
            self._exit_renderables.clear()

    def _keep_all(self) -> None:
        """Write down where the explorer is, if that has changed, and what could not be written before."""
        for bench in self._benches.values():
            if bench.is_attached:
                bench.keep_again()
        recipes = dict(self._place.recipes) | {n: bench.session.recipe for n, bench in self._benches.items()}
        here = Place(self._lesson, recipes if self.config.privacy.history else {}, self.theme)
        if here == self._place:
            return
        with suppress(TdiffError):  # said at the start, or by what is more of a loss
            save_place(here, since=self._place)
            self._place = here

    def get_driver_class(self) -> type[Driver]:
        """Textual's choice; where that is the one for Unix, ours, which asks for receipts."""
        from textual.drivers.linux_driver import LinuxDriver

        chosen = super().get_driver_class()
        return PacedDriver if chosen is LinuxDriver else chosen

    def on_receipt(self) -> None:
        """The terminal has caught up: there may be room for more."""
        self.pacing.go_on()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters, with ours before them."""
        return around(super().get_line_filters(), self._encoding)

    def _start_recipe(self, number: int) -> Recipe:
        defaults = self.config.sampling
        return (
            (self._recipe and self._recipe.without_maker())
            or self._place.recipes.get(number)
            or Recipe(
                prompt=FIRST_PROMPT,
                seed=FIRST_SEED,
                steps=defaults.steps,
                guidance=defaults.guidance,
                guidance_start=defaults.guidance_start,
                sampler=defaults.sampler,
            )
        )
