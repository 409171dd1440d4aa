"""Curves with a cursor: the noise level of a run, or what an experiment measured."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static
from textual_plot import HiResMode, NumericAxisFormatter, PlotWidget

from tdiff.lessons.outcome import Curve
from tdiff.text import with_minus

_COLOURS = ("cyan", "yellow", "magenta", "green", "red", "blue")


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
        height: 1;
        padding: 0 1;
        color: $text-muted;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._plot = PlotWidget(allow_pan_and_zoom=False)
        self._plot.can_focus = False
        self._title = Static("", classes="title", markup=False)
        self._shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """What is drawn against what, then the plot."""
        yield self._title
        yield self._plot

    def on_mount(self) -> None:
        """Give the rows of the axis names to the curves: the title has them."""
        self._plot.set_x_formatter(_Ticks())
        self._plot.set_y_formatter(_Ticks())
        self._plot.margin_top, self._plot.margin_bottom, self._plot.margin_left = 0, 2, 7

    def show(self, curves: Sequence[Curve], x_label: str, y_label: str, cursor: float | None = None) -> None:
        """Draw curves; the same ones again cost nothing."""
        state = (tuple(curves), x_label, y_label, cursor)
        if state == self._shown:
            return
        self._shown = state
        plot = self._plot
        plot.clear()
        for curve, colour in zip(curves, _COLOURS, strict=False):
            if len(curve.xs) > 1:
                plot.plot(curve.xs, curve.ys, line_style=colour, hires_mode=HiResMode.BRAILLE)
        if cursor is not None:
            plot.add_v_line(cursor, line_style="bright_white")
        names = Content(", ").join(
            [Content.styled(f"━ {curve.name}", colour) for curve, colour in zip(curves, _COLOURS, strict=False)]
        )
        self._title.update(
            Content.assemble(f"{y_label} by {x_label}", ("   ", ""), names if len(curves) > 1 else ""), layout=False
        )
