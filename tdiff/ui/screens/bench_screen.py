"""The bench that every lesson and the studio share: canvases, guide, plot, controls around the view that is shown."""

from functools import partial
from typing import Self, get_args

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.events import DescendantBlur, Resize
from textual.geometry import Region
from textual.screen import Screen
from textual.widgets import Static

from tdiff.lessons.core.loader import titles
from tdiff.ui.control.controller import Controller
from tdiff.ui.control.port import Command, Part
from tdiff.ui.events import (
    CanvasTurn,
    Failure,
    FrontChange,
    Fulfilment,
    GuidanceChange,
    GuideRoom,
    PlaceChoice,
    Progress,
    TextCut,
    TextEdit,
    TextEntry,
    TextExit,
    TextRest,
)
from tdiff.ui.explorer import Explorer
from tdiff.ui.layout import LEAST, Arrangement, Shape, arrangement
from tdiff.ui.screens.bench_port import BenchPort
from tdiff.ui.screens.drawing import Drawing
from tdiff.ui.screens.enlarging import Enlarging
from tdiff.ui.screens.keeping import Keeping
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.guidance_slider import GuidanceSlider
from tdiff.ui.widgets.guide import Guide
from tdiff.ui.widgets.key_footer import KeyFooter
from tdiff.ui.widgets.lesson_bar import LessonBar
from tdiff.ui.widgets.pixel_view import PixelView
from tdiff.ui.widgets.prompt_field import PromptField
from tdiff.ui.widgets.scrubber import Scrubber
from tdiff.ui.widgets.settings_line import SettingsLine
from tdiff.ui.widgets.status_lines import CaptionLine, CommandLine
from tdiff.ui.widgets.view_keys import ViewKeys
from tdiff.views.run import Run
from tdiff.views.session import Session
from tdiff.views.view import View

_LINES = 3  # that a key scrolls the guide by


class BenchScreen(Screen[None]):
    """Arranges the widgets, and hands what they and the threads say to the controller.

    Args:
        number: of the lesson, 1 … 5.
        session: what is on the bench; kept while other screens are open.
        every_step: show each step of a run, not only the last.
    """

    CSS_PATH = "bench.tcss"
    AUTO_FOCUS = ""
    app = getters.app(Explorer)

    def __init__(self, number: int, session: Session, every_step: bool = True) -> None:
        super().__init__()
        self.number = number
        self.port, self.drawing, self.keeping = BenchPort(self), Drawing(self), Keeping(self)
        self.enlarging = Enlarging(self)
        self.controller = Controller(self.port, Run(session, lambda: self.app.pipeline, every_step))
        self.arrangement = Arrangement("beside")
        """How the screen is arranged."""

    @property
    def terms(self) -> tuple[str, ...]:
        """Words of the glossary that the help explains first."""
        return ()

    def compose(self) -> ComposeResult:
        """The fixed places of everything."""
        yield LessonBar(dict(titles()), id="lessons")
        with Container(id="root"):
            yield Canvases(self.app.depth, id="canvases")
            yield Guide(id="guide")
            yield Container(id="plot")
            with Container(id="controls"):
                yield Scrubber(id="scrubber")
                with Horizontal(id="texts"):
                    yield PromptField("prompt", "press / and say what to draw", self.session.words, id="prompt")
                    yield PromptField("negative", "–", self.session.words, id="negative")
                with Horizontal(id="settings"):
                    yield GuidanceSlider(id="slider")
                    yield SettingsLine("", id="line")
                with Container(id="status"):
                    yield CaptionLine(id="caption")
                    yield CommandLine(id="command")
        yield Static("", id="too-small", markup=False)
        yield KeyFooter(show_command_palette=False)
        yield ViewKeys(id="view-keys")

    async def on_mount(self) -> None:
        """Arrange for the terminal as it is."""
        self.controller.join(self.part, self.commands())
        self.query_one(LessonBar).current = self.number
        await self.rearrange(self.size.width, self.size.height)
        self.drawing.draw()
        await self.begin()

    async def begin(self) -> None:
        """What comes first once all is in its place."""

    def show_opened(self) -> bool:
        """Show what was opened in front of the run; only the studio does."""
        return False

    @property
    def part(self) -> Part:
        """The lesson, or the studio."""
        raise NotImplementedError

    @property
    def view(self) -> View:
        """What has the canvases."""
        return self.controller.view

    @property
    def session(self) -> Session:
        """What is on the bench."""
        return self.controller.run.session

    # Keys

    def action_press(self, key: str) -> None:
        """Hand a key, by its id, to the controller."""
        self.controller.press(key)

    def commands(self) -> dict[str, Command]:
        """What the screen itself does for keys: looking, saving, opening."""
        return {
            "turn": partial(self.drawing.turn, 1),
            "turn_back": partial(self.drawing.turn, -1),
            "guide_up": partial(self.query_one(Guide).scroll_relative, y=-_LINES, animate=False),
            "guide_down": partial(self.query_one(Guide).scroll_relative, y=_LINES, animate=False),
            "curve": self.drawing.toggle_curve,
            "copy": self.keeping.copy,
            "export": self.keeping.export,
            "pixels": self.enlarging.show,
            "open": self.keeping.open,
        }

    @on(CanvasTurn)
    def _tell_front(self) -> None:
        self.drawing.tell_front()

    @on(FrontChange)
    def _front_changed(self) -> None:
        self.drawing.draw_front()

    # The controls

    @on(PlaceChoice)
    def _pointed(self, event: PlaceChoice) -> None:
        self.controller.movement.point(event.place)

    @on(TextEdit)
    def _edited(self, event: TextEdit) -> None:
        self.controller.writing.edited(event.role, event.text)

    @on(TextRest)
    def _rested(self, event: TextRest) -> None:
        self.controller.writing.rested(event.role, event.text)

    @on(TextEntry)
    def _entered(self, event: TextEntry) -> None:
        self.controller.writing.entered(event.role, event.text, event.again)

    @on(TextExit)
    def _left(self) -> None:
        self.controller.writing.left()

    @on(TextCut)
    def _cut(self, event: TextCut) -> None:
        self.port.say(event.text)

    @on(GuidanceChange)
    def _guided(self, event: GuidanceChange) -> None:
        self.controller.settings.guide(event.value)

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """What was said of the slider's keys holds no more."""
        if isinstance(event.widget, GuidanceSlider):
            self.port.say("")

    def on_mouse_up(self) -> None:
        """Whoever turns the slider by mouse needs none of its keys where the view has keys of its own."""
        if self.view.keys and self.focused is self.query_one(GuidanceSlider):
            self.set_focus(None)

    # What threads say

    @on(Progress)
    def _came(self, event: Progress) -> None:
        self.controller.came(event.source, event.wish, event.state)

    @on(Fulfilment)
    def _done(self, event: Fulfilment) -> None:
        self.controller.done(event.source, event.wish)

    @on(Failure)
    def _failed(self, event: Failure) -> None:
        self.controller.failed(event.reason)

    # Arranging

    async def on_resize(self, event: Resize) -> None:
        """Arrange anew."""
        await self.rearrange(event.size.width, event.size.height)
        self.drawing.draw()

    @on(GuideRoom)
    def _fitted(self, event: GuideRoom) -> None:
        self.controller.fit(event.columns, event.rows)

    async def rearrange(self, width: int, height: int) -> None:
        """Choose the arrangement for a terminal of this many cells."""
        chosen = arrangement(width, height, len(self.drawing.figures()))
        if chosen == self.arrangement and chosen.shape != "too-small" and self.query_one(Canvases).front is not None:
            return
        self.arrangement = chosen
        for shape in get_args(Shape):
            self.set_class(shape == chosen.shape, f"-{shape}")
        self.set_class(chosen.framed, "-framed")
        if chosen.shape == "too-small":
            need = f"tdiff needs {LEAST[0]}×{LEAST[1]} to show a picture; this is {width}×{height}."
            self.query_one("#too-small", Static).update(
                Content(f"{need} Enlarge, or: tdiff lesson {min(self.number, 4)} --plain")
            )
            return
        await _arrange_below(self, chosen)
        await self.query_one(Canvases).fit(chosen, titled=not (chosen.shape == "compact" and height < 20))

    # Coming and going

    def keep_again(self) -> None:
        """Write what could not be written when it was made."""

    def loaded(self) -> None:
        """The model is there."""
        self.controller.loaded()

    def on_screen_resume(self) -> None:
        """All is painted anew; on a slow line pictures follow the text."""
        for view in self.query(PixelView):
            view.begin()
        # Coming up just painted all that the screen asked for; Textual would do all of it again.
        self.call_next(setattr, self, "_repaint_required", False)

    def on_screen_suspend(self) -> None:
        """What was said is old by the time that a dialog or another screen gives this one back."""
        self.port.say("")

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Lay out without painting the whole screen: the compositor paints what a new layout moves by itself."""
        return super().refresh(*regions, repaint=repaint and not layout, layout=layout, recompose=recompose)


async def _arrange_below(screen: BenchScreen, chosen: Arrangement) -> None:
    """Where plot and guide are: the guide at the right edge, or to the right of the plot."""
    root, guide, plot = screen.query_one("#root"), screen.query_one(Guide), screen.query_one("#plot")
    guide.set_class(chosen.framed, "-framed")
    if not chosen.plotted:
        return
    from tdiff.ui.widgets.plot_area import PlotArea  # only large screens need it

    if not screen.query(PlotArea):
        await plot.mount(PlotArea(screen.app.depth))
    screen.query_one(PlotArea).set_class(chosen.framed, "-framed")
    if chosen.shape == "corner":
        root.move_child(plot, after=guide)
    else:
        root.move_child(plot, before=guide)
