"""The place under the pictures: the run as a strip, or curves where they are the point."""

from typing import Final

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content

from tdiff.render.palette import Depth
from tdiff.ui.widgets.curve_plot import CurvePlot
from tdiff.ui.widgets.film_strip import FilmStrip
from tdiff.views.view import View

_FILM: Final = "the run, guess by guess"


class PlotArea(Container):
    """Shows one of the two; with the class "-curved" curves also where there is a strip.

    Args:
        depth: colour depth of the terminal.
    """

    DEFAULT_CSS = """
    PlotArea {
        height: 1fr;
        width: 1fr;
    }
    PlotArea.-framed {
        border: round $foreground 30%;
        border-title-color: $foreground;
    }
    PlotArea.-film CurvePlot, PlotArea.-curves FilmStrip {
        display: none;
    }
    """

    def __init__(self, depth: Depth) -> None:
        super().__init__()
        self._curves, self._film = CurvePlot(), FilmStrip(depth)
        self._view: View | None = None

    def compose(self) -> ComposeResult:
        """Both."""
        yield self._film
        yield self._curves

    def on_resize(self) -> None:
        """More pictures or fewer, once they are laid out."""
        self._film.fit(*self.content_size)
        if self._view is not None:
            self.show(self._view)

    def show(self, view: View) -> None:
        """Show what a view has along its track."""
        self._view = view
        stills = () if self.has_class("-curved") else view.strip(self._film.room)
        self.set_class(bool(stills), "-film")
        self.set_class(not stills, "-curves")
        if stills:
            self.border_title = Content(_FILM)
            self._film.show(stills, view.track().cursor)
        else:
            plot = view.plot()
            self.border_title = Content(plot.source)
            self._curves.show(plot.curves, plot.x_label, plot.y_label, plot.cursor)
