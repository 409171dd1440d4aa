"""What an experiment hands back: pictures, numbers, the answer that the run gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tdiff.views.curve import Curve
from tdiff.views.figures import Pane


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result, or its state so far.

    Attributes:
        panes: pictures, shown side by side.
        values: numbers and words for the card's text, once it is finished.
        answer: index of the option that the run makes right; None where nothing was asked.
        table: rows of figures, the first a header.
        curves: what was measured, for a plot.
        x_label, y_label: names of its axes.
        steps: that each of its pictures was made in; None where they are no runs, or differ.
        tiny: whether its pictures and numbers are of tiny networks, trained while the learner looks on.
        progress: how much of the work is done, and how much there is, while it is under way; None once it is finished.
    """

    panes: tuple[Pane, ...]
    values: Mapping[str, float | int | str] = field(default_factory=dict)
    answer: int | None = None
    table: tuple[tuple[str, ...], ...] = ()
    curves: tuple[Curve, ...] = ()
    x_label: str = ""
    y_label: str = ""
    steps: int | None = None
    tiny: bool = False
    progress: tuple[int, int] | None = None

    @property
    def done(self) -> bool:
        """Whether it is finished."""
        return self.progress is None

    @property
    def begun(self) -> bool:
        """Whether anything was computed: before that it shows what its experiment starts from."""
        return self.progress is None or self.progress[0] > 0
