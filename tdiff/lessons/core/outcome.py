"""What an experiment hands back: pictures, numbers, the answer that the run gives."""

from collections.abc import Mapping
from dataclasses import dataclass

from tdiff.views.curve import Curve
from tdiff.views.figures import Pane


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result, or its state so far.

    Attributes:
        panes: pictures, shown side by side.
        values: numbers and words for the card's text.
        answer: index of the option that the run makes right; None where nothing was asked.
        table: rows of figures, the first a header.
        curves: what was measured, for a plot.
        x_label, y_label: names of its axes.
        steps: that each of its pictures was made in; None where they are no runs, or differ.
        done: False while the experiment is under way.
    """

    panes: tuple[Pane, ...]
    values: Mapping[str, float | int | str]
    answer: int | None = None
    table: tuple[tuple[str, ...], ...] = ()
    curves: tuple[Curve, ...] = ()
    x_label: str = ""
    y_label: str = ""
    steps: int | None = None
    done: bool = True
