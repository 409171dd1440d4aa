"""What the view of a lab must answer, and what it does where it has nothing to say."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tdiff.lessons.core.lab_context import LabContext
from tdiff.pipeline import Pipeline
from tdiff.prompt.command import command_of
from tdiff.recipe import Recipe
from tdiff.views.curve import Curve
from tdiff.views.figures import Figure, Pane
from tdiff.views.page import Columns, Link, Page
from tdiff.views.places import WORDS, Places
from tdiff.views.shown_command import ShownCommand
from tdiff.views.view import Hint, Plot, Reply, Track, View

_OF_THE_BENCH = {"undo": "undoes", "export": "saves", "open": "opens", "again": "runs"}
_SETTINGS = {"form": "v", "eta": "t", "more": "+", "fewer": "−"}
"""Keys of settings as they are written; a lab names those that it uses."""
NO_COMMAND = ShownCommand(said="no one command makes this picture")


class LabView(View):
    """Base of the views of labs. A key of the bench that a lab does not use does nothing there.

    Args:
        context: what there is to begin with.

    Raises:
        LessonError: it can do nothing with that.
    """

    keys: tuple[Hint, ...] = ()
    """Keys that it uses, and what they do."""
    starts: frozenset[str] = frozenset()
    """What a card may have it begin with, in place of its usual start."""
    scrubber_words = WORDS
    """What its places are called, and what the bars beside them show."""
    alone = False
    """Whether it has no pictures, so that the guide takes their room."""
    plotted = False
    """Whether the plot keeps its place also while there are no curves yet."""
    doing = "training"
    """What `work` does."""
    asking = "press a letter; the run decides"
    """What to do about its question."""
    reopened = False
    """Whether a question can be answered again."""
    brings = ""
    """What becomes of a picture of one's own; empty where the lab takes none."""
    takes: frozenset[str] = frozenset()
    """Fields of the recipe that the bench's controls change while it is open; for it alone, the bench keeps its own."""
    recipe: Recipe | None = None
    """What it works on, for those controls to show; None where it uses no recipe."""
    makes = True
    """Whether its recipe makes what is shown, so that a command can make it again."""

    def __init__(self, context: LabContext) -> None:
        raise NotImplementedError

    @classmethod
    def written(cls, pipeline: Pipeline, width: int) -> Iterator[str]:
        """Yield what a lesson as text has of it: paragraphs to be wrapped; an indent of two spaces stays.

        Args:
            pipeline: the model that is loaded.
            width: columns that there are.
        """
        yield from ()

    def resume(self, earlier: "LabView") -> None:
        """Go on from where this card's lab was when it was closed, at its score for example; by default, begin anew."""

    # What is shown

    def gathered(self) -> tuple[slice, str] | None:
        """All canvases in one."""
        return slice(None), ""

    def track(self) -> Track:
        """Its places."""
        return Track(*self.places(), self.scrubber_words)

    def plot(self) -> Plot:
        """Its curves."""
        return Plot(*self.curves(), self.on_curves())

    def page(self) -> Page:
        """What it says, asks and measures."""
        question, options, chosen, right = self.question()
        waits = self.engine is not None and self.engine.work() is not None
        state = f"{self.doing} … " if self.at_work else "paused: p runs it. " if waits else ""
        return Page(
            title=self.title,
            text=f"{state}{self.text()}",
            question=question,
            options=options,
            chosen=chosen,
            right=right,
            asking=self.asking,
            reopened=self.reopened,
            columns=self.columns(),
            reasons=self.reasons(),
            result=self.result(),
            table=self.table(),
            hint=self.aside(),
            links=(Link("l", "close", "lab"),),
            forward=False,
        )

    def command(self) -> ShownCommand:
        """The command for what is shown, where no picture in front has its own."""
        if self.recipe is None or not self.makes:
            return ShownCommand(said="no one command makes these pictures")
        return command_for(self.recipe)

    def places(self) -> Places:
        """The scrubber: places, those that need no work, cursor, noise level (None for none), bars."""
        return 0, 0, 0, None, ()

    def text(self) -> str:
        """What the guide says."""
        raise NotImplementedError

    def columns(self) -> Columns:
        """Texts side by side, under the text."""
        return ()

    def reasons(self) -> Columns:
        """Texts side by side, under the answer that was chosen."""
        return ()

    def question(self) -> tuple[str, tuple[str, ...], int | None, int | None]:
        """Question, options, what was chosen, what is right."""
        return "", (), None, None

    def result(self) -> str:
        """What comes after an answer."""
        return ""

    def table(self) -> tuple[tuple[str, ...], ...]:
        """Figures for the guide."""
        return ()

    def curves(self) -> tuple[tuple[Curve, ...], str, str]:
        """Curves and axis names for the plot."""
        return (), "", ""

    def aside(self) -> str:
        """What may be read last."""
        return ""

    def on_curves(self) -> float | None:
        """Where on the curves' x axis it is."""
        return None

    # What keys do

    def why_not(self, key: str) -> str:
        """What is the bench's alone waits until this is closed."""
        if key in _OF_THE_BENCH and not (key == "open" and self.brings):
            return f"l closes this first: the key {_OF_THE_BENCH[key]} what is on the bench"
        if key == "play" and self.alone and self.engine is None:
            return "nothing plays here: ← → turn"
        if key in ("prompt", "negative", "guidance", "sampler") and key not in self.takes:
            return self.fixed(key)
        written = _SETTINGS.get(key)
        if written is not None and written not in " ".join(each for each, _ in self.keys).split():
            return self.fixed(written)
        if key == "seed" and type(self).reseed is LabView.reseed:
            return self.fixed("r")
        return self.fixed("switches") if key == "drop_switches" else ""

    def fixed(self, field: str) -> str:
        """Why a field of the recipe stays as it is."""
        return f"{super().fixed(field)}; l goes back to the bench"

    def answer(self, index: int) -> Reply | None:
        """A to d.

        Raises:
            TdiffError: there is no such answer.
        """
        return None

    def go_on(self) -> Reply | None:
        """Enter: the next one."""
        return None

    def reseed(self) -> Reply | None:
        """r: other noise."""
        return None

    def cycle(self, which: str) -> Reply | None:
        """A setting's key."""
        return None


def as_figures(panes: Sequence[Pane]) -> tuple[Figure, ...]:
    """Panes as canvases."""
    return tuple(Figure(pane.title, pane.picture, pane.note) for pane in panes)


def command_for(recipe: Recipe, said: str = "") -> ShownCommand:
    """The command of a recipe, and which picture it makes."""
    return ShownCommand(command_of(recipe), said)


def with_commands(figures: Sequence[Figure], commands: Sequence[ShownCommand]) -> tuple[Figure, ...]:
    """Canvases, each with the command that makes it."""
    return tuple(replace(figure, command=command) for figure, command in zip(figures, commands, strict=True))
