"""Which arrangement fits a terminal, as a pure function of its size."""

from dataclasses import dataclass
from typing import Literal

Shape = Literal["too-small", "compact", "beside", "above", "corner"]

LEAST = (60, 18)
"""Columns and rows below which no picture is shown."""

_CANVAS = 33  # columns of a 32-pixel canvas and the gap beside it
_FRAMED = 34  # columns of one in its frame; its rows are 18
_CONTROLS = 7  # lesson bar, five rows of controls, footer
_HERO = 2  # scale of the largest picture where one is larger than the others
_LEAST_GUIDE = 40  # columns
_LEAST_BELOW = 10  # rows under the pictures for guide and plot
_LEAST_FILM = 6  # rows under the pictures for a strip alone


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the screen is arranged.

    Attributes:
        shape: "compact": controls under the guide, beside one canvas; "beside": canvases, then the guide;
            "above": canvases over plot and guide; "corner": the guide takes the right edge.
        scale: integer enlargement of pictures.
        shown: canvases that are shown at once.
        across: how many of them stand side by side.
        framed: whether every part of the screen has a frame with its title.
        hero: enlargement of the one picture that is larger than the others; 0 where none is.
    """

    shape: Shape
    scale: int = 1
    shown: int = 1
    across: int = 1
    framed: bool = False
    hero: int = 0

    @property
    def plotted(self) -> bool:
        """Whether there is room for a plot."""
        return self.shape in ("above", "corner")


def arrangement(width: int, height: int, canvases: int = 3) -> Arrangement:
    """Choose the arrangement for a terminal of this many cells that has so many canvases to show.

    Where plot and guide are depends on the terminal alone, so that nothing moves when there are more pictures or fewer.
    """
    if width < LEAST[0] or height < LEAST[1]:
        return Arrangement("too-small")
    if width < 80 or height < 24:
        return Arrangement("compact")
    room = height - _CONTROLS
    if width < 3 * _CANVAS or room < 17 + 9:
        beside = max(1, min(canvases, (width - 46) // _CANVAS))
        stacked = beside == 1 and room >= 2 * 17
        shown = min(canvases, room // 17) if stacked else beside
        return Arrangement("beside", 1, shown, 1 if stacked else beside)
    if width < 120 or room < 18 + _LEAST_BELOW:
        shown = min(canvases, width // _CANVAS)
        return Arrangement("above", 1, shown, shown)
    if width >= 3 * (32 * _HERO + 2) and room >= 16 * _HERO + 2 + _LEAST_BELOW + 5:
        if canvases <= 3:
            return Arrangement("above", _HERO, canvases, canvases, framed=True)
        shown = min(canvases, width // _FRAMED)
        return Arrangement("above", 1, shown, shown, framed=True)
    if width >= 3 * _FRAMED + _LEAST_GUIDE and room >= 2 * 18 + _LEAST_FILM:
        if canvases <= 3:
            return Arrangement("corner", 1, canvases, min(canvases, 2), framed=True, hero=_HERO)
        shown = min(canvases, 6)
        return Arrangement("corner", 1, shown, 2 if shown == 4 else 3, framed=True)
    shown = min(canvases, width // _FRAMED)
    return Arrangement("above", 1, shown, shown, framed=True)
