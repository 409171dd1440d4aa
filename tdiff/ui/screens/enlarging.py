"""The picture in front on the whole terminal, in real pixels where it shows them."""

import os
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from tdiff.errors import TdiffError
from tdiff.terminal.capabilities import query_tmux
from tdiff.terminal.pixel_query import Pixels, ask
from tdiff.text import clean_text
from tdiff.views.figures import Figure

if TYPE_CHECKING:
    from tdiff.ui.screens.bench_screen import BenchScreen


class Enlarging:
    """Suspends the explorer while a picture has the terminal.

    Args:
        screen: the bench.
    """

    def __init__(self, screen: "BenchScreen") -> None:
        self._screen = screen

    def show(self) -> None:
        """Show it until a key is pressed."""
        from tdiff.terminal.whole_picture import show  # which only a POSIX terminal has

        figure, app = foremost(self._screen.view.figures()), self._screen.app
        if figure is None or figure.picture is None:
            self._screen.port.say("there is no picture yet to show at full size")
            return
        try:
            with app.suspend():
                # the terminal is the picture's: nobody waits for a key while it is decoded
                picture = figure.picture if figure.decode is None else figure.decode()
                app.pixels = show(picture, figure.title, app.depth, self._ask)
        except TdiffError as error:
            self._screen.port.say(clean_text(str(error)), trouble=True)
            return
        except SuspendNotSupported:
            self._screen.port.say("a picture at full size needs a terminal of Linux or macOS: e saves it as a file")
            return
        if app.pixels is not None and app.pixels.way == "none":
            self._screen.port.say("this terminal answered that it shows no real pixels, so these were half-blocks")

    def _ask(self) -> Pixels:
        """What the terminal shows; it is asked once."""
        return self._screen.app.pixels or ask(bool(os.environ.get("TMUX")), query_tmux)


def foremost(figures: tuple[Figure, ...]) -> Figure | None:
    """The picture of most pixels; of several such, the largest canvas, or else the first."""
    made = [figure for figure in figures if figure.picture is not None]
    return max(
        made, key=lambda figure: (0 if figure.picture is None else figure.picture.size, figure.main), default=None
    )
