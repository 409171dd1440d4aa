"""The studio: the bench without a teacher, and tools to play with it."""

import asyncio

from textual import on
from textual.binding import Binding

from tdiff.arrays import U8
from tdiff.diffusion import Trace
from tdiff.errors import TdiffError
from tdiff.pipeline import to_pixels
from tdiff.prompt.explain import explain
from tdiff.prompt.understand import understand, understand_negative
from tdiff.recipe import Recipe
from tdiff.render.palette import Depth
from tdiff.store.history import History
from tdiff.ui.exhibits import Fork, Morph
from tdiff.ui.keymap import BENCH_KEYS, LESSON_KEYS, STUDIO_KEYS, bindings
from tdiff.ui.live import LIVE_STEPS, Live, live_recipe
from tdiff.ui.messages import RunStopped, StepTaken
from tdiff.ui.screens.studio_tools import StudioTools
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.guide import Guide
from tdiff.ui.widgets.history_strip import LEAST, HistoryStrip
from tdiff.ui.widgets.lesson_bar import LessonBar
from tdiff.ui.widgets.thumbnail import Thumbnail
from tdiff.views.curve import Curve
from tdiff.views.figures import Figure, finished_or_guess
from tdiff.views.page import Page
from tdiff.views.places import WORDS
from tdiff.views.session import Session
from tdiff.views.shown_command import ShownCommand

"""Steps of the picture that follows your typing, with dpm++ 2m."""


class StudioScreen(StudioTools):
    """Live redraw, forks, comparisons, grids, morphs, history.

    Args:
        session: of its bench.
        depth: colour depth of the terminal.
    """

    BINDINGS = [
        *bindings(BENCH_KEYS, STUDIO_KEYS, elsewhere=LESSON_KEYS),
        Binding("escape", "leave_exhibit", show=False),
    ]

    def __init__(self, session: Session, depth: Depth) -> None:
        super().__init__(5, session, depth)
        self.history = History()
        self.not_kept = ""
        """Why the newest picture could not be kept."""
        self.live = True
        self.kept: tuple[U8, Recipe, str | None] | None = None
        """A of a comparison: its picture, its recipe, and where the picture is from that it starts from."""
        self._typing: Live | None = None
        self._stored: Trace | None = None

    async def on_mount(self) -> None:
        """Begin with a finished picture, so that there is something to change."""
        await self.query_one("#root").mount(HistoryStrip(self.history, self.depth), before="#controls")
        await super().on_mount()
        self.aim(self.session.total)

    async def _arrange(self, width: int, height: int) -> None:
        self.set_class(width >= LEAST[0] and height >= LEAST[1], "-wide")
        await super()._arrange(width, height)

    # What is shown

    @property
    def shown_recipe(self) -> Recipe:
        """Those of the live picture, or the fork's while there is one."""
        return self.live_shown.recipe if self.live_shown else self.fork_recipe or self.session.recipe

    @property
    def live_shown(self) -> Live | None:
        """What was typed, while its picture is on show."""
        return self._typing if self._typing is not None and self._typing.trace.finished else None

    def figures(self) -> tuple[Figure, ...]:
        """The live picture, an exhibit, or the bench."""
        if self.live_shown is not None:
            return self.live_shown.figures(finished_or_guess(self.session), super().twin().command)
        if self.exhibit is not None:
            return self.exhibit.figures(self.exhibit_at)
        return super().figures()

    def places(self) -> tuple[int, int, int, float | None, tuple[float, ...]]:
        """Those of the live picture, of the exhibit, or of the run."""
        if self.live_shown is not None:
            return self.live_shown.places()
        if isinstance(self.exhibit, Fork):
            a, b = self.exhibit.a, self.exhibit.b
            total = self.session.total
            done = min(len(a), len(b))
            levels = a.noise_levels
            level = levels[min(self.exhibit_at, len(levels) - 1)] if len(a) else 1.0
            return total, done, self.exhibit_at, level, self.exhibit.curves()[0][0].ys
        if isinstance(self.exhibit, Morph):
            curve = self.exhibit.curves()[0][0]
            return self.exhibit.total - 1, len(self.exhibit.pictures) - 1, self.exhibit_at, None, curve.ys
        return super().places()

    @property
    def scrubber_words(self) -> tuple[str, str]:
        """What the places and the bars of the scrubber are called."""
        if self.live_shown is not None:
            return WORDS
        if isinstance(self.exhibit, Fork):
            return "step", "A to B"
        return ("station", "change") if isinstance(self.exhibit, Morph) else super().scrubber_words

    def twin(self) -> ShownCommand:
        """The command for the live picture, for the exhibit, or for the run."""
        if self.live_shown is not None:
            return self.live_shown.twin()
        return super().twin() if self.exhibit is None else self.exhibit.twin(self.exhibit_at)

    def curves(self) -> tuple[tuple[Curve, ...], str, str, float | None]:
        """Those of the live picture, of the exhibit, or of the run."""
        if self.live_shown is not None:
            return self.live_shown.curves()
        if self.exhibit is not None:
            curves, x_label, y_label = self.exhibit.curves()
            if curves and len(curves[0].xs) > 1:
                first = self.exhibit.a.first if isinstance(self.exhibit, Fork) else 1
                return curves, x_label, y_label, float(self.exhibit_at + first)
        return super().curves()

    def draw(self) -> None:
        """Show bench and guide."""
        super().draw()
        self.query_one(Guide).show(self._page())
        self.query_one(LessonBar).place = "live" if self.live else ""

    def _page(self) -> Page:
        if self.exhibit is not None and self.live_shown is None:
            return Page(
                self.exhibit.title,
                self.exhibit.text,
                table=self.exhibit.table(self.exhibit_at),
                links=(("b bench", "screen.bench"), *((("e export B", "screen.export"),) if self.has_recipe else ())),
                forward=False,
            )
        if self.fork_at is not None:
            return Page(
                f"Fork at step {self.fork_at + 1}",
                "Now change something: / prompt, n negative, g guidance, r seed, s sampler. "
                "From this step on the change holds; what was before is shared.",
                links=(("b never mind", "screen.bench"),),
                forward=False,
            )
        recipe = self.session.recipe
        said = [*explain(understand(recipe.prompt)), *explain(understand_negative(recipe.negative), usual=False)]
        kept = "A is kept: a compares it with what you have now. " if self.kept is not None else ""
        history = self.app.config.privacy.history
        stored = f"Finished pictures are kept in the history{'' if history else ' no more: the settings say so'}."
        return Page(
            "Studio",
            f"Press / and the picture follows while you type. {kept}{stored}",
            result="\n".join(said),
            links=(
                ("/ prompt", "screen.edit('prompt')"),
                ("r seed", "screen.new_seed"),
                ("f fork", "screen.fork"),
                ("a A/B", "screen.compare"),
                ("w grid", "screen.grid"),
                ("m morph", "screen.morph"),
                ("i start picture", "screen.start_picture"),
                ("h history", "screen.gallery"),
                (f"l live {'on' if self.live else 'off'}", "screen.live"),
                ("e export", "screen.export"),
                ("o open", "screen.open"),
            ),
            forward=False,
        )

    def action_leave_exhibit(self) -> None:
        """Back to the bench from what is on show."""
        if self.exhibit is not None or self.fork_at is not None:
            self.action_bench()

    # Running

    def aim(self, place: int) -> None:
        """Move along the exhibit if there is one, else along the run; a live picture has only its end."""
        if self.live_shown is not None:
            return
        if self.exhibit is None:
            super().aim(place)
            return
        total, done, *_ = self.places()
        self._goal = self.exhibit_at = min(max(place, 0), done, total)
        self.draw()

    @property
    def started(self) -> bool:
        """Whether there is anything to move along."""
        return self.exhibit is not None or super().started

    def action_reset(self) -> None:
        """Back to noise; an exhibit goes."""
        self._clear()
        super().action_reset()

    def change(self, **fields: object) -> bool:
        """Change the recipe, or the fork's; beside a live picture nothing but what is written changes."""
        if self.live_shown is not None and not fields.keys() & {"prompt", "negative", "guidance"}:
            self.notice("enter takes what is written, esc leaves it: then this can be changed")
            return False
        self._typing = None
        if self.fork_at is not None:
            return self.change_fork(fields)
        self._clear()
        return super().change(**fields)

    def action_next_form(self) -> None:
        """Another form of the prediction, which the bench alone shows."""
        if self.exhibit is None:
            super().action_next_form()
        else:
            self.notice("v is for the prediction on the bench: b goes back to it")

    def finished(self) -> None:
        """Keep what was made."""
        super().finished()
        if self.session.trace is not None:
            self._keep(self.session.recipe, self.session.trace)

    def _keep(self, recipe: Recipe, trace: Trace, note: str = "") -> None:
        """Put a finished picture into the history; `note` says what its recipe does not."""
        pipeline = self.app.pipeline
        if pipeline is None or trace is self._stored or not self.app.config.privacy.history:
            return
        self._stored = trace
        pixels = to_pixels(trace.final[0]).tobytes()
        start = None if self.session.picture is None else to_pixels(self.session.picture).tobytes()
        recipe = recipe.replace(model=pipeline.info.hash)
        self.run_worker(self._store(recipe, pixels, start, note), group="history")

    async def _store(self, recipe: Recipe, pixels: bytes, start: bytes | None, note: str) -> None:
        try:
            await asyncio.to_thread(self.history.add, recipe, pixels, start, note)
        except TdiffError as error:
            self.not_kept = str(error)
            self.notice(self.not_kept, True)
        else:
            self.not_kept = ""
            for strip in self.query(HistoryStrip):  # none where the studio was left meanwhile
                await strip.fill()

    @on(Thumbnail.Clicked)
    def _bring_back(self, event: Thumbnail.Clicked) -> None:
        self.recall_entry(event.thumbnail.entry)

    @on(StepTaken)
    def _live_step(self, event: StepTaken) -> None:
        exhibit = self.exhibit
        forked = isinstance(exhibit, Fork) and event.trace in (exhibit.a, exhibit.b)
        if forked or (self._typing is not None and event.trace is self._typing.trace):
            self._follow()

    @on(RunStopped)
    def _fork_stopped(self, event: RunStopped) -> None:
        exhibit = self.exhibit
        if isinstance(exhibit, Fork):
            if event.trace is exhibit.a and exhibit.a.finished and not exhibit.b.finished:
                self._keep(exhibit.recipe_a, exhibit.a)
                self.player.go(exhibit.b, self.session.total)
            elif event.trace is exhibit.b and exhibit.b.finished and self.fork_recipe is not None:
                note = "" if exhibit.recipe_b is not None else exhibit.title
                self._keep(exhibit.recipe_b or self.fork_recipe, exhibit.b, note)
            self._follow()
        elif self._typing is not None and event.trace is self._typing.trace:
            self.draw()

    def _follow(self) -> None:
        if isinstance(self.exhibit, Fork):
            total, done, *_ = self.places()
            self.exhibit_at = min(done, total)
        self.draw_soon()

    # Typing

    def typed(self, kind: str, text: str) -> None:
        """Redraw in few steps; the next key cancels it."""
        pipeline = self.app.pipeline
        if not self.live or pipeline is None or self.fork_at is not None:
            return
        try:
            recipe = live_recipe(self.session.recipe, **{kind: text})
            trace = pipeline.trace(recipe, picture=self.session.picture)
        except TdiffError as error:
            self.notice(str(error), trouble=True)
            return
        self._typing = Live(recipe, trace, self.session.picture_path)
        self.query_one(Canvases).bring(0)
        self.player.go(trace, LIVE_STEPS, every=False)

    def untyped(self) -> None:
        """Back to what there was; a run that the typing broke off goes on."""
        self._typing = None
        if self.exhibit is None and self.session.trace is not None:
            self.aim(self._goal)
        self.draw()

    def entered(self, kind: str) -> None:
        """Make the real one."""
        self._typing = None
        super().entered(kind)
