"""What a stage must answer, and what it does where it has nothing to say."""

from collections.abc import Callable, Sequence

from tdiff.lessons.outcome import Curve, Pane
from tdiff.ui.figures import Figure

Places = tuple[int, int, int, float | None, tuple[float, ...]]


class Stage:
    """Base of all stages. Each key of the bench that a stage does not use does nothing there."""

    title = ""
    """Heading of the guide."""
    hint = ""
    """Its keys."""

    def figures(self) -> tuple[Figure, ...]:
        """The canvases."""
        raise NotImplementedError

    def places(self) -> Places:
        """The scrubber: places, those that need no work, cursor, noise level (None for none), bars."""
        return 0, 0, 0, None, ()

    def text(self) -> str:
        """What the guide says."""
        raise NotImplementedError

    def table(self) -> tuple[tuple[str, ...], ...]:
        """Figures for the guide."""
        return ()

    def curves(self) -> tuple[tuple[Curve, ...], str, str]:
        """Curves and axis names for the plot."""
        return (), "", ""

    def move(self, place: int) -> None:
        """The cursor goes there."""

    def go_on(self) -> None:
        """Enter: the next one."""

    def reseed(self) -> None:
        """r: other noise."""

    def answer(self, index: int) -> None:
        """A to d."""

    def cycle(self, which: str) -> None:
        """A setting's key: "form" (v), "eta" (t), "more" (+), "fewer" (−)."""

    def question(self) -> tuple[str, tuple[str, ...], int | None, int | None]:
        """Question, options, what was chosen, what is right."""
        return "", (), None, None

    def work(self) -> Callable[[], object] | None:
        """Something to run in a thread again and again while the stage plays; None for nothing."""
        return None


def as_figures(panes: Sequence[Pane]) -> tuple[Figure, ...]:
    """Panes as canvases."""
    return tuple(Figure(pane.title, pane.picture, pane.note) for pane in panes)
