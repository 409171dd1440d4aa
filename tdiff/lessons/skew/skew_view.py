"""Skewed in, skewed out: what a prompt leaves open, as the model fills it in and as training had it."""

from collections.abc import Callable, Iterator

from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import LabView, as_figures
from tdiff.lessons.skew.skew_lab import SkewLab, SkewState, interval_of_top
from tdiff.views.figures import Figure
from tdiff.views.view import Engine

_LEAST, _MOST = 6, 40  # cells of a bar that stands for all
_BESIDE = 32  # columns of names, figures and gaps
_EIGHTHS = " ▏▎▍▌▋▊▉█"


class SkewView(LabView):
    """Pictures come eight by eight while it plays; the bars follow.

    Args:
        context: whose model paints.
        samples: pictures to make, a multiple of 8.
    """

    title = "Hands on: what is left open"
    keys = (
        ("p", "make pictures"),
        ("t", "noun"),
        ("v", "what is counted"),
        ("+", "guidance"),
        ("l", "closes"),
    )
    doing = "making pictures"

    def __init__(self, context: LabContext, samples: int = 64) -> None:
        self._lab = SkewLab(context.bench.pipeline, samples=samples)
        self.state: SkewState | None = None
        self._bar = _LEAST

    def fit(self, columns: int, rows: int) -> None:
        """Make the bars as long as there is room for."""
        self._bar = min(max((columns - _BESIDE) // 2, _LEAST), _MOST)

    def wish(self) -> str | None:
        """To count the training pictures."""
        return "counted" if self.state is None else None

    def fulfil(self, wish: str) -> Iterator[SkewState]:
        yield self._lab.state()

    def take(self, state: SkewState) -> None:
        self.state = state

    @property
    def engine(self) -> Engine:
        return self

    def work(self) -> Callable[[], SkewState] | None:
        """Eight more pictures, until all are there."""
        if self.state is None or (self.state.done and self.state.settings == self._lab.settings):
            return None
        return self._lab.advance

    def look(self) -> Callable[[], SkewState]:
        return self._lab.state

    def worked(self, state: SkewState) -> None:
        """Show how many there are by now."""
        self.state = state

    def figures(self) -> tuple[Figure, ...]:
        """Pictures made, and training pictures."""
        return (Figure("trained on", None),) if self.state is None else as_figures(self.state.panes())

    def text(self) -> str:
        """What is asked for and what is counted."""
        if self.state is None:
            return "The training pictures are being counted …"
        found = self.state.skew
        if found is None:
            return self.state.text
        top = f"Training's commonest, {found.top}: of those made {interval_of_top(found)} (95 % interval)."
        return f"{self.state.text} {top}"

    def table(self) -> tuple[tuple[str, ...], ...]:
        """A bar each for training and for what was made."""
        if self.state is None:
            return ()
        counted = self.state.skew is not None
        rows = (
            (bar.value, barred(bar.training, self._bar), barred(bar.made, self._bar) if counted else "")
            for bar in self.state.bars()
        )
        return ((self.state.settings.attribute, "trained on", "made"), *rows)

    def aside(self) -> str:
        """What this does not show."""
        return self.state.limits if self.state is not None else ""

    def cycle(self, which: str) -> None:
        """Another noun, another thing to count, another guidance."""
        if which == "eta":
            self._lab.next_noun()
        elif which == "form":
            self._lab.next_attribute()
        elif which == "more":
            self._lab.next_guidance()


def barred(share: float, cells: int) -> str:
    """A share, 0 … 1, as bar and figure, such as "████      50%"; always as wide."""
    eighths = round(share * cells * (len(_EIGHTHS) - 1))
    full, rest = divmod(eighths, len(_EIGHTHS) - 1)
    bar = _EIGHTHS[-1] * full + (_EIGHTHS[rest] if rest else "")
    return f"{bar:<{cells}} {share:4.0%}"
