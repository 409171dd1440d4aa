"""Curves with a cursor: the noise level of a run, or what an experiment measured."""

from collections.abc import Sequence

import numpy as np
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static
from textual_plot import HiResMode, NumericAxisFormatter, PlotWidget

from tdiff.arrays import F64
from tdiff.text import with_minus
from tdiff.views.curve import Curve

_COLOURS = ("#22a7c9", "#fd971f", "#d6409f", "#3fa34d", "#e5484d", "#7b8fff")
"""Of the curves in order: told apart on dark grounds and on light ones."""
_STROKES: tuple[tuple[str, int], ...] = (("━", 0), ("╌", 8), ("╍", 16), ("┅", 28), ("┉", 44))
"""How curves are told apart without colour: the sign of each in the legend, and how many dashes it is drawn in."""


class _Ticks(NumericAxisFormatter):
    """Figures at the axes, with minus signs."""

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        """One for each tick."""
        return [with_minus(label) for label in super().get_labels_for_ticks(ticks)]


class CurvePlot(Container):
    """A plot without pan and zoom: its keys and the mouse belong to the bench."""

    DEFAULT_CSS = """
    CurvePlot {
        height: 1fr;
        width: 1fr;
        min-height: 6;
    }
    CurvePlot PlotWidget {
        height: 1fr;
        width: 1fr;
    }
    CurvePlot PlotWidget > .plot--tick {
        color: $text-muted;
        text-style: none;
    }
    CurvePlot > .title {
        height: auto;
        max-height: 3;
        padding: 0 1;
        color: $text-muted;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._plot = PlotWidget(allow_pan_and_zoom=False)
        self._plot.can_focus = False
        self._title = Static("", classes="title", markup=False)
        self._shown: tuple[tuple[Curve, ...], str, str, float | None] | None = None
        self._named = Content()

    def compose(self) -> ComposeResult:
        """What is drawn against what, then the plot."""
        yield self._title
        yield self._plot

    def on_mount(self) -> None:
        """Give the rows of the axis names to the curves: the title has them."""
        self._plot.set_x_formatter(_Ticks())
        self._plot.set_y_formatter(_Ticks())
        self._plot.margin_top, self._plot.margin_bottom, self._plot.margin_left = 0, 2, 7
        self._draw()  # what was to be shown before the plot had its parts

    def show(self, curves: Sequence[Curve], x_label: str, y_label: str, cursor: float | None = None) -> None:
        """Draw curves; the same ones again cost nothing."""
        state = (tuple(curves), x_label, y_label, cursor)
        if state != self._shown:
            self._shown = state
            if self._plot.is_mounted:
                self._draw()

    def _draw(self) -> None:
        if self._shown is None:
            return
        curves, x_label, y_label, cursor = self._shown
        plot = self._plot
        plot.clear()
        for place, (curve, colour) in enumerate(zip(curves, _COLOURS, strict=False)):
            for xs, ys in _dashes(curve, _STROKES[place % len(_STROKES)][1]):
                plot.plot(xs, ys, line_style=colour, hires_mode=HiResMode.BRAILLE)
        if cursor is not None:
            plot.add_v_line(cursor, line_style="bright_white")
        names = [
            Content.styled(f"{_STROKES[place % len(_STROKES)][0]} {curve.name}", colour)
            for place, (curve, colour) in enumerate(zip(curves, _COLOURS, strict=False))
        ]
        legend = [Content(", ").join(names), Content("   ")] if len(curves) > 1 else []
        named = Content.assemble(*legend, f"{y_label} by {x_label}")
        if named != self._named:  # a longer legend takes another line
            self._named = named
            self._title.update(named)


def _dashes(curve: Curve, count: int) -> list[tuple[F64, F64]]:
    """A curve as so many dashes, as wide as the gaps between them; whole for 0."""
    xs, ys = np.asarray(curve.xs, float), np.asarray(curve.ys, float)
    if len(xs) < 2:
        return []
    if not count:
        return [(xs, ys)]
    edges = np.linspace(xs[0], xs[-1], 2 * count)  # begins and ends with a dash
    dashes = []
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        at = np.unique(np.concatenate([[first], xs[(xs > first) & (xs < last)], [last]]))
        dashes.append((at, np.interp(at, xs, ys)))
    return dashes
