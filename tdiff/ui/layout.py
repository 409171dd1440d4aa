"""Which arrangement fits a terminal, as a pure function of its size."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["too-small", "compact", "beside", "above", "corner"]

LEAST = (60, 18)
"""Columns and rows below which no picture is shown."""

_PANE = 33  # columns of a 32-pixel canvas and the gap beside it
_CONTROLS = 7  # lesson bar, five rows of controls, footer


@dataclass(frozen=True, slots=True)
class Plan:
    """How the screen is arranged.

    Attributes:
        kind: "compact": controls under the guide, beside one canvas; "beside": canvases, then the guide;
            "above": canvases over guide and plot; "corner": the guide takes the right edge.
        scale: integer enlargement of pictures.
        shown: canvases that are shown at once.
        stacked: canvases stand one above the other.
    """

    kind: Kind
    scale: int = 1
    shown: int = 1
    stacked: bool = False

    @property
    def plotted(self) -> bool:
        """Whether there is room for a plot."""
        return self.kind in ("above", "corner")


def plan(width: int, height: int, panes: int = 3) -> Plan:
    """Choose the arrangement for a terminal of this many cells that has `panes` canvases to show."""
    if width < LEAST[0] or height < LEAST[1]:
        return Plan("too-small")
    if width < 80 or height < 24:
        return Plan("compact")
    room = height - _CONTROLS
    if width < 3 * _PANE or room < 17 + 9:
        beside = max(1, min(panes, (width - 46) // _PANE))
        stacked = beside == 1 and room >= 2 * 17
        return Plan("beside", 1, min(panes, room // 17) if stacked else beside, stacked)
    wanted = min(panes, width // _PANE)  # rather all of them small than some of them large
    scale = max(s for s in (1, 2, 3) if s == 1 or ((32 * s + 1) * wanted <= width and 16 * s + 1 + 10 <= room))
    kept = max(3, wanted) * (32 * scale + 1)  # the guide keeps its place when there are fewer
    return Plan("corner" if width - kept >= 40 else "above", scale, wanted)
