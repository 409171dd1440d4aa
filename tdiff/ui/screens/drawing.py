"""Drawing a bench: asks the view its questions, and hands each answer to the widget that shows it."""

import time
from typing import TYPE_CHECKING, Final

from textual.timer import Timer

from tdiff.ui.events import GuidanceChange
from tdiff.ui.layout import arrangement
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.guidance_slider import GuidanceSlider
from tdiff.ui.widgets.guide import Guide
from tdiff.ui.widgets.lesson_bar import LessonBar
from tdiff.ui.widgets.prompt_field import PromptField
from tdiff.ui.widgets.scrubber import Scrubber
from tdiff.ui.widgets.settings_line import SettingsLine
from tdiff.ui.widgets.status_lines import CaptionLine, CommandLine
from tdiff.ui.widgets.view_keys import ViewKeys
from tdiff.views.figures import Figure, with_overview
from tdiff.views.view import View

if TYPE_CHECKING:
    from tdiff.ui.screens.bench_screen import BenchScreen

FRAME_SECONDS: Final = 1 / 30
"""Least time between two pictures while steps come in."""
PLOT_SECONDS: Final = 0.5
"""Least time between two plots while steps come in."""


class Drawing:
    """Draws what the controller has chosen.

    Args:
        screen: the bench.
    """

    def __init__(self, screen: "BenchScreen") -> None:
        self._screen = screen
        self._frame: Timer | None = None
        self.front: int | None = None
        """Which of the view's canvases was brought to the front because the view wants it there."""
        self._drawn = self._plotted = 0.0

    def figures(self) -> tuple[Figure, ...]:
        """The canvases; where one is shown at a time, an overview may stand before them."""
        figures, gathered = self._screen.view.figures(), self._screen.view.gathered()
        return (
            with_overview(figures, *gathered)
            if gathered is not None and self._screen.arrangement.shown == 1
            else figures
        )

    def draw(self) -> None:
        """Show the view as it is now."""
        self._drawn = time.monotonic()
        view, figures = self._screen.view, self.figures()
        self._make_room(view, figures)
        if arrangement(*self._screen.size, len(figures)) != self._screen.arrangement:
            self._screen.call_later(self._screen.rearrange, *self._screen.size)
        self._screen.query_one(Canvases).show(figures)
        self._screen.query_one(Scrubber).show(view.track())
        self._draw_controls(view)
        self._screen.query_one(Guide).show(view.page() or self._screen.part.page(self._screen.arrangement.plotted))
        self._screen.query_one(LessonBar).place = self._screen.part.place
        self._screen.query_one(CaptionLine).caption(self.caption())
        self._draw_command()
        self._draw_plot(view)
        self._reveal_front(view, len(figures) - len(view.figures()))

    def _draw_controls(self, view: View) -> None:
        recipe = view.recipe or self._screen.session.recipe
        for role, text in (("prompt", recipe.prompt), ("negative", recipe.negative)):
            field = self._screen.query_one(f"#{role}", PromptField)
            if not field.editing:
                field.show(text, view.words(field.role, text) or self._screen.session.words.read(field.role, text))
        with self._screen.prevent(GuidanceChange):
            self._screen.query_one(GuidanceSlider).value = recipe.guidance
        line, wide = self._screen.query_one(SettingsLine), self._screen.arrangement.shape != "compact"
        if view.settings:
            line.tell(view.settings, wide)
        else:
            line.show(recipe, wide)

    def _reveal_front(self, view: View, before: int) -> None:
        """Where not all canvases fit, see to it that the view's foremost one does."""
        front = view.front()
        if front != self.front:
            self.front = front
            if front is not None:
                self._screen.port.reveal(front + before)

    def _make_room(self, view: View, figures: tuple[Figure, ...]) -> None:
        """Take away what plays no part in the view."""
        track = view.track()
        self._screen.set_class(bool(view.keys), "-keyed")
        self._screen.set_class(view.alone, "-alone")
        self._screen.set_class(view.recipe is None, "-bare")
        self._screen.set_class(not (view.plotted or view.plot().curves), "-unplotted")
        self._screen.set_class(not track.total and not track.bars, "-still")
        self._screen.set_class(bool(view.keys) and any(figure.parts for figure in figures), "-parted")
        self._screen.query_one(ViewKeys).show(view.keys)

    def turn(self, by: int) -> None:
        """Bring other canvases to the front."""
        canvases = self._screen.query_one(Canvases)
        if canvases.turnable:
            canvases.turn(by)
            self.tell_front()
        else:
            self._screen.port.say("all pictures are in sight")

    def tell_front(self) -> None:
        """Tell the view which of its canvases is in front, where one is shown at a time."""
        place = self._screen.query_one(Canvases).place - (len(self.figures()) - len(self._screen.view.figures()))
        if self._screen.arrangement.shown == 1 and place >= 0:
            self.front = place  # it is there already
            self._screen.controller.turned(place)

    def toggle_curve(self) -> None:
        """Show the curves in place of the strip, or the strip again."""
        for area in self._screen.query("PlotArea"):
            area.toggle_class("-curved")
            self.draw()
            return
        self._screen.port.say("there is no room for a plot: the line below says the noise level")

    def draw_soon(self) -> None:
        """Draw within a frame's time: steps may come faster than pictures are worth drawing."""
        if self._frame is None:
            wait = max(0.001, self._drawn + FRAME_SECONDS - time.monotonic())
            self._frame = self._screen.set_timer(wait, self._draw_frame)

    def _draw_frame(self) -> None:
        self._frame = None
        self._screen.app.pacing.when_free(self._draw_if_here)

    def _draw_if_here(self) -> None:
        if self._screen.is_attached:
            self.draw()

    def draw_front(self) -> None:
        """Name what has come to the front."""
        self._draw_command()
        self._screen.query_one(CaptionLine).caption(self.caption())

    def _draw_command(self) -> None:
        """Show the command of the picture in front, or of all where all are in sight."""
        canvases = self._screen.query_one(Canvases)
        front = canvases.front if canvases.turnable else None
        parts, own = (front.parts, front.command) if front is not None else ((), None)
        self._screen.query_one(CommandLine).show(own or self._screen.view.command(), parts)

    def caption(self) -> str:
        """What the pictures are."""
        parts = [self._screen.view.caption or self._model_caption(), self._screen.view.remark]
        if self._screen.view.keys and self._screen.controller.computing.busy:
            parts.append("at work …")
        return " · ".join(part for part in parts if part)

    def _model_caption(self) -> str:
        info = self._screen.port.pipeline.info if self._screen.port.pipeline is not None else None
        if info is None:
            return "loading the model …"
        canvases = self._screen.query_one(Canvases)
        if not canvases.titled:
            return f"{info.name} · {canvases.front.title}" if canvases.front is not None else info.name
        speed = f" · {self._screen.session.step_ms[-1]:.0f} ms a step" if self._screen.session.step_ms else ""
        held = self._screen.app.memory()
        memory = f" · {held}" if held else ""
        return f"{self._screen.app.choice.said} · {info.name} {info.hash}{speed}{memory} · measured"

    def _draw_plot(self, view: View) -> None:
        """Draw the curves; while steps come in, now and then, and only on a fast line: nothing takes longer."""
        if not self._screen.arrangement.plotted:
            return
        busy = self._screen.controller.computing.busy and not view.keys
        if busy and (time.monotonic() - self._plotted < PLOT_SECONDS or not self._screen.app.pacing.needless):
            return
        from tdiff.ui.widgets.plot_area import PlotArea  # only large screens need it

        for area in self._screen.query(PlotArea):
            area.show(view)
        self._plotted = time.monotonic()
