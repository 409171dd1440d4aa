"""The bench that every lesson and the studio share: canvases, guide, plot, controls."""

import time
from typing import Self

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.events import Resize
from textual.geometry import Region
from textual.timer import Timer
from textual.widgets import Static

from tdiff.diffusion import Trace
from tdiff.errors import TdiffError
from tdiff.lessons.core.loader import titles
from tdiff.recipe import Recipe
from tdiff.render.palette import Depth
from tdiff.ui.keymap import BENCH_KEYS, bindings
from tdiff.ui.layout import LEAST, Plan, plan
from tdiff.ui.messages import RunStopped, StepTaken, WorkFailed
from tdiff.ui.noise_curve import AXES, noise_curve
from tdiff.ui.player import Player
from tdiff.ui.screens.bench_actions import BenchActions
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.guidance_slider import GuidanceSlider
from tdiff.ui.widgets.guide import Guide
from tdiff.ui.widgets.key_footer import KeyFooter
from tdiff.ui.widgets.lesson_bar import LessonBar
from tdiff.ui.widgets.pixel_view import PixelView
from tdiff.ui.widgets.prompt_field import PromptField
from tdiff.ui.widgets.scrubber import Scrubber
from tdiff.ui.widgets.settings_line import SettingsLine
from tdiff.ui.widgets.status_lines import CaptionLine, TwinLine
from tdiff.views.curve import Curve
from tdiff.views.figures import Figure, bench_figures
from tdiff.views.places import WORDS
from tdiff.views.session import Session

FRAME_SECONDS = 1 / 30
"""Least time between two pictures while steps come in."""
PLOT_SECONDS = 0.5
"""Least time between two plots while steps come in."""


class BenchScreen(BenchActions):
    """Canvases and controls around one run.

    Args:
        number: of the lesson, 1 … 5.
        session: what is shown; kept while other screens are open.
        depth: colour depth of the terminal.
    """

    CSS_PATH = "bench.tcss"
    AUTO_FOCUS = ""
    BINDINGS: list[Binding] = bindings(BENCH_KEYS)  # type: ignore[assignment]

    def __init__(self, number: int, session: Session, depth: Depth) -> None:
        super().__init__()
        self.number, self.session, self.depth = number, session, depth
        self.player = Player(self)
        self._plan = Plan("beside")
        self._goal = 0
        self._waiting = False
        self._playing: Timer | None = None
        self._frame: Timer | None = None
        self._drawn = self._plotted = 0.0

    def compose(self) -> ComposeResult:
        """The fixed places of everything."""
        yield LessonBar(dict(titles()), id="lessons")
        with Container(id="root"):
            yield Canvases(self.depth, id="canvases")
            yield Guide(id="guide")
            yield Container(id="plot")
            with Container(id="controls"):
                yield Scrubber(id="scrubber")
                with Horizontal(id="texts"):
                    yield PromptField("prompt", "press / and say what to draw", id="prompt")
                    yield PromptField("negative", "–", id="negative")
                with Horizontal(id="settings"):
                    yield GuidanceSlider(id="slider")
                    yield SettingsLine("", id="line")
                yield CaptionLine(id="caption")
                yield TwinLine(id="twin")
        yield Static("", id="too-small", markup=False)
        yield KeyFooter(show_command_palette=False)

    async def on_mount(self) -> None:
        """Arrange for the terminal as it is."""
        self.query_one(LessonBar).current = self.number
        await self._arrange(self.size.width, self.size.height)
        self.draw()

    def on_screen_resume(self) -> None:
        """All is painted anew; on a slow line pictures follow the text."""
        for view in self.query(PixelView):
            view.begin()
        self.call_next(self._all_painted)

    def _all_painted(self) -> None:
        """Forget that the screen asked to be painted: coming up just did, and Textual would do all of it again."""
        self._repaint_required = False

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Lay out without painting the whole screen: the compositor paints what a new layout moves by itself."""
        return super().refresh(*regions, repaint=repaint and not layout, layout=layout, recompose=recompose)

    async def on_resize(self, event: Resize) -> None:
        """Arrange anew."""
        await self._arrange(event.size.width, event.size.height)
        self.draw()

    # What is shown

    def figures(self) -> tuple[Figure, ...]:
        """The canvases' contents; screens with experiments show others."""
        return bench_figures(self.session)

    def curves(self) -> tuple[tuple[Curve, ...], str, str, float | None]:
        """The plot's contents: curves, axis names, cursor."""
        session = self.session
        curve = noise_curve(session.recipe.steps)
        place = session.cursor + (session.trace.first if session.trace is not None else 0)
        return (curve,), *AXES, float(place)

    def draw(self) -> None:
        """Show the session as it is now."""
        self._drawn = time.monotonic()
        recipe, figures = self.shown_recipe, self.figures()
        if plan(*self.size, len(figures)) != self._plan:
            self.call_later(self._arrange, *self.size)
        self.query_one(Canvases).show(figures)
        self.query_one(Scrubber).show(*self.places(), self.scrubber_words)
        for kind, text in (("prompt", recipe.prompt), ("negative", recipe.negative)):
            field = self.query_one(f"#{kind}", PromptField)
            if not field.editing:
                field.show(text)
        slider = self.query_one(GuidanceSlider)
        with self.prevent(GuidanceSlider.Changed):
            slider.value = recipe.guidance
        self.query_one(SettingsLine).show(recipe, self._plan.kind != "compact")
        self.query_one(CaptionLine).caption(self.caption())
        self.draw_twin()
        self._draw_plot()

    @property
    def shown_recipe(self) -> Recipe:
        """What the controls show."""
        return self.session.recipe

    def places(self) -> tuple[int, int, int, float | None, tuple[float, ...]]:
        """The scrubber's contents: places, places that need no work, cursor, noise level, change per step."""
        session = self.session
        done = session.last if self.started else -1
        return session.total, done, session.cursor, session.noise_level, tuple(session.changes)

    @property
    def scrubber_words(self) -> tuple[str, str]:
        """What the scrubber's places and bars are called."""
        return WORDS

    @property
    def started(self) -> bool:
        """Whether there is anything to move along."""
        return self.session.trace is not None and len(self.session.trace) > 0

    def draw_soon(self) -> None:
        """Draw within a frame's time: steps may come faster than pictures are worth drawing."""
        if self._frame is None:
            wait = max(0.001, self._drawn + FRAME_SECONDS - time.monotonic())
            self._frame = self.set_timer(wait, self._draw_frame)

    def _draw_frame(self) -> None:
        self._frame = None
        self.app.pacing.when_free(self._draw_if_here)

    def _draw_if_here(self) -> None:
        if self.is_attached:
            self.draw()

    def caption(self) -> str:
        """What the pictures are."""
        info = self.app.pipeline.info if self.app.pipeline is not None else None
        if info is None:
            return "loading the model …"
        if not self.query_one(Canvases).titled:
            front = self.query_one(Canvases).front
            return f"{info.name} · {front.title}" if front is not None else info.name
        speed = f" · {self.session.step_ms[-1]:.0f} ms a step" if self.session.step_ms else ""
        return f"numpy · {info.name} {info.hash}{speed} · measured"

    def notice(self, text: str, trouble: bool = False) -> None:
        """Say something of the moment."""
        self.query_one(CaptionLine).notice(text, trouble)

    def on_screen_suspend(self) -> None:
        """What was said is old by the time that a dialog or another screen gives this one back."""
        self.notice("")

    # Running

    def aim(self, place: int) -> None:
        """Bring the cursor to a place, taking the steps that are missing."""
        session = self.session
        if session.trace is None:
            trace = self._make_trace()
            if trace is None:
                self._goal, self._waiting = place, self.app.pipeline is None
                return
            session.trace = trace
        self._goal = min(max(place, 0), session.total)
        if self._goal <= session.last and self.started:
            session.move(self._goal)
            self.draw()
        else:
            self.player.go(session.trace, min(self._goal + 1, session.total), every=not self.app.reduced_motion)

    def replay(self) -> None:
        """After a change of recipe: come again to where the cursor was."""
        self._goal = min(self._goal, self.session.total)
        self.aim(self._goal)

    def pipeline_loaded(self) -> None:
        """Do what was asked for while the model was loading."""
        self.draw()
        if self._waiting:
            self._waiting = False
            self.notice("")
            self.aim(self._goal)

    @on(StepTaken)
    def _step_taken(self, event: StepTaken) -> None:
        if event.trace is self.session.trace:
            self.session.step_ms.append(event.milliseconds)
            self.session.move(self._goal)
            self.draw_soon()

    @on(RunStopped)
    def _run_stopped(self, event: RunStopped) -> None:
        if event.trace is self.session.trace:
            self.session.move(self._goal)
            self.draw()
            if self.session.at_end:
                self.finished()

    @on(WorkFailed)
    def _work_failed(self, event: WorkFailed) -> None:
        self.stop_playing()
        self.notice(event.reason, trouble=True)

    def finished(self) -> None:
        """A picture is done and shown."""
        self.stop_playing()

    def stop_playing(self) -> None:
        """End autoplay."""
        if self._playing is not None:
            self._playing.stop()
            self._playing = None

    def _make_trace(self) -> Trace | None:
        pipeline = self.app.pipeline
        if pipeline is None:
            self.notice("the model is being loaded …")
            return None
        try:
            return pipeline.trace(self.session.recipe, picture=self.session.picture)
        except TdiffError as error:
            self.notice(str(error), trouble=True)
            return None

    # Arranging

    async def _arrange(self, width: int, height: int) -> None:
        chosen = plan(width, height, len(self.figures()))
        if chosen == self._plan and chosen.kind != "too-small" and self.query_one(Canvases).front is not None:
            return
        self._plan = chosen
        for kind in ("too-small", "compact", "beside", "above", "corner"):
            self.set_class(kind == chosen.kind, f"-{kind}")
        if chosen.kind == "too-small":
            need = f"tdiff needs {LEAST[0]}×{LEAST[1]} to show a picture; this is {width}×{height}."
            self.query_one("#too-small", Static).update(
                Content(f"{need} Enlarge, or: tdiff lesson {min(self.number, 4)} --plain")
            )
            return
        if chosen.kind in ("above", "corner") and not self.query("CurvePlot"):
            from tdiff.ui.widgets.curve_plot import CurvePlot  # only large screens need it

            await self.query_one("#plot").mount(CurvePlot())
        await self.query_one(Canvases).fit(chosen, titled=not (chosen.kind == "compact" and height < 20))

    def _draw_plot(self) -> None:
        """Draw the curves; while steps come in, now and then, and only on a fast line: nothing takes longer."""
        if self._plan.kind not in ("above", "corner"):
            return
        busy = self.session.trace is not None and self.session.cursor < self._goal
        if busy and (time.monotonic() - self._plotted < PLOT_SECONDS or not self.app.pacing.needless):
            return
        for plot in self.query("CurvePlot"):
            plot.show(*self.curves())
        self._plotted = time.monotonic()
