"""Which arrangement fits a terminal, as a pure function of its size."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["too-small", "compact", "beside", "above", "corner"]

LEAST = (60, 18)
"""Columns and rows below which no picture is shown."""

_PANE = 33  # columns of a 32-pixel canvas and the gap beside it
_FRAMED = 34  # columns of one in its frame; its rows are 18
_CONTROLS = 7  # lesson bar, five rows of controls, footer
_HERO = 2  # scale of the largest picture where one is larger than the others
_LEAST_GUIDE = 40  # columns
_LEAST_BELOW = 10  # rows under the pictures for guide and plot
_LEAST_FILM = 6  # rows under the pictures for a strip alone


@dataclass(frozen=True, slots=True)
class Plan:
    """How the screen is arranged.

    Attributes:
        kind: "compact": controls under the guide, beside one canvas; "beside": canvases, then the guide;
            "above": canvases over plot and guide; "corner": the guide takes the right edge.
        scale: integer enlargement of pictures.
        shown: canvases that are shown at once.
        across: how many of them stand side by side.
        framed: whether every part of the screen has a frame with its title.
        hero: enlargement of the one picture that is larger than the others; 0 where none is.
    """

    kind: Kind
    scale: int = 1
    shown: int = 1
    across: int = 1
    framed: bool = False
    hero: int = 0

    @property
    def plotted(self) -> bool:
        """Whether there is room for a plot."""
        return self.kind in ("above", "corner")


def plan(width: int, height: int, panes: int = 3) -> Plan:
    """Choose the arrangement for a terminal of this many cells that has `panes` canvases to show.

    Where plot and guide are depends on the terminal alone, so that nothing moves when there are more pictures or fewer.
    """
    if width < LEAST[0] or height < LEAST[1]:
        return Plan("too-small")
    if width < 80 or height < 24:
        return Plan("compact")
    room = height - _CONTROLS
    if width < 3 * _PANE or room < 17 + 9:
        beside = max(1, min(panes, (width - 46) // _PANE))
        stacked = beside == 1 and room >= 2 * 17
        shown = min(panes, room // 17) if stacked else beside
        return Plan("beside", 1, shown, 1 if stacked else beside)
    if width < 120 or room < 18 + _LEAST_BELOW:
        shown = min(panes, width // _PANE)
        return Plan("above", 1, shown, shown)
    if width >= 3 * (32 * _HERO + 2) and room >= 16 * _HERO + 2 + _LEAST_BELOW + 5:
        if panes <= 3:
            return Plan("above", _HERO, panes, panes, framed=True)
        shown = min(panes, width // _FRAMED)
        return Plan("above", 1, shown, shown, framed=True)
    if width >= 3 * _FRAMED + _LEAST_GUIDE and room >= 2 * 18 + _LEAST_FILM:
        if panes <= 3:
            return Plan("corner", 1, panes, min(panes, 2), framed=True, hero=_HERO)
        shown = min(panes, 6)
        return Plan("corner", 1, shown, 3, framed=True)
    shown = min(panes, width // _FRAMED)
    return Plan("above", 1, shown, shown, framed=True)
