"""What a stage must answer, and what it does where it has nothing to say."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from tdiff.arrays import F32
from tdiff.pipeline import Pipeline
from tdiff.prompt.command import command_of
from tdiff.recipe import Recipe
from tdiff.views.curve import Curve
from tdiff.views.figures import Figure, Pane
from tdiff.views.page import Columns
from tdiff.views.places import WORDS, Places
from tdiff.views.shown_command import ShownCommand

NO_COMMAND = ShownCommand(said="no one command makes this picture")


class Stage:
    """Base of all stages. Each key of the bench that a stage does not use does nothing there."""

    hint = ""
    """Its keys."""
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
    """What becomes of a picture of one's own; empty where the stage takes none."""
    takes: frozenset[str] = frozenset()
    """Fields of the recipe that the bench's controls change while it is open; for it alone, the bench keeps its own."""
    recipe: Recipe | None = None
    """What it works on, for those controls to show; None where it uses no recipe."""
    makes = True
    """Whether its recipe makes what is shown, so that a command can make it again."""

    @property
    def title(self) -> str:
        """Heading of the guide."""
        return ""

    @property
    def caption(self) -> str:
        """Where its pictures and numbers are from, where that is not the model on the bench."""
        return ""

    @property
    def plays(self) -> bool:
        """Whether it works in a thread, started and paused by p."""
        return self.work() is not None

    @classmethod
    def written(cls, pipeline: Pipeline, width: int) -> Iterator[str]:
        """Yield what a lesson as text has of it: paragraphs to be wrapped; an indent of two spaces stays.

        Args:
            pipeline: the model that is loaded.
            width: columns that there are.
        """
        yield from ()

    def resume(self, earlier: "Stage") -> None:
        """Go on from where this card's stage was when it was closed, such as at its score; by default, begin anew."""

    def fit(self, columns: int, rows: int) -> None:
        """Take note of how much text the guide shows at once.

        Raises:
            TdiffError: it cannot be laid out for that.
        """

    def figures(self) -> tuple[Figure, ...]:
        """The canvases; an empty one, which is not seen, where it stands alone."""
        return (Figure("", None),)

    def twin(self) -> ShownCommand:
        """The command for what is shown, where no picture in front has its own."""
        if self.recipe is None or not self.makes:
            return ShownCommand(said="no one command makes these pictures")
        return twin_of(self.recipe)

    def front(self) -> int | None:
        """Which of them must be in sight where not all are; None for no matter."""
        return None

    def gathered(self) -> tuple[slice, str]:
        """Where one canvas is shown at a time: which of them an overview holds, and what it is called, "" for all."""
        return slice(None), ""

    def turned(self, place: int) -> None:
        """Canvas number `place` was turned to the front, where one is shown at a time."""

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

    def move(self, place: int) -> None:
        """The cursor goes there."""

    def go_on(self) -> None:
        """Enter: the next one."""

    def reseed(self) -> None:
        """r: other noise."""

    def bring(self, picture: F32, name: str) -> None:
        """Take a picture of one's own, (32, 32, 3) in [-1, 1], and what it is called."""

    def answer(self, index: int) -> None:
        """A to d.

        Raises:
            LessonError: there is no such answer.
        """

    def cycle(self, which: str) -> None:
        """A setting's key: "form" (v), "eta" (t), "more" (+), "fewer" (−)."""

    def change(self, recipe: Recipe) -> None:
        """Take another recipe, which differs in fields of `takes`.

        Raises:
            LessonError: nothing can be done with it; the stage is as before.
        """

    def question(self) -> tuple[str, tuple[str, ...], int | None, int | None]:
        """Question, options, what was chosen, what is right."""
        return "", (), None, None

    def work(self) -> Callable[[], object] | None:
        """Something to run in a thread again and again while the stage plays; None when all is done."""
        return None

    def look(self) -> Callable[[], object]:
        """What `work` would give without going on: how a stage that is paused shows what a setting did."""
        raise NotImplementedError

    def wish(self) -> Hashable | None:
        """Name what has to be made before all can be shown that was asked for; None where it is there."""
        return None

    def fulfil(self, wish: Any) -> Iterator[object]:
        """Make it, in a thread, handing out how far it is and at last the whole of it.

        Args:
            wish: what `wish` named.

        Raises:
            TdiffError: it cannot be made.
        """
        raise NotImplementedError

    def take(self, state: Any) -> None:
        """Keep what `fulfil` has handed out for the present wish; with the last of it that must be gone."""


def as_figures(panes: Sequence[Pane]) -> tuple[Figure, ...]:
    """Panes as canvases."""
    return tuple(Figure(pane.title, pane.picture, pane.note) for pane in panes)


def twin_of(recipe: Recipe, said: str = "") -> ShownCommand:
    """The command of a recipe, and which picture it makes."""
    return ShownCommand(command_of(recipe), said)


def made_by(figures: Sequence[Figure], twins: Sequence[ShownCommand]) -> tuple[Figure, ...]:
    """Canvases, each with the command that makes it."""
    return tuple(replace(figure, twin=twin) for figure, twin in zip(figures, twins, strict=True))
