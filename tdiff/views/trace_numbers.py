"""What was measured at each step of a recorded run: as curves, and as a table. Knows no widget."""

import math
from collections.abc import Iterator
from typing import Final

from tdiff.traces.reader import TraceFile
from tdiff.views.curve import Curve
from tdiff.views.places import sparkline

_BARS: Final = (8, 20)  # cells of a row of bars, least and most
_BESIDE_BARS: Final = 28  # columns of what stands before them


class TraceNumbers:
    """The numbers of one picture of a trace.

    Args:
        trace: where they are.
        number: which picture of its batch, from 0.
    """

    def __init__(self, trace: TraceFile, number: int = 0) -> None:
        self._trace, self._number = trace, number

    def row(self, name: str) -> tuple[float, ...]:
        """Return a field of the lines at every step; NaN where there is none."""
        rows = (getattr(line, name) for line in self._trace.lines)
        return tuple(math.nan if row is None else row[self._number] for row in rows)

    def curves(self) -> tuple[Curve, ...]:
        """What was measured, along the steps."""
        return tuple(_curve(name, values) for name, values in self._measured())

    def table(self, place: int, columns: int) -> tuple[tuple[str, ...], ...]:
        """A step's numbers, each beside those of all steps.

        Args:
            place: which step, from 0.
            columns: that the table may take.
        """
        room = min(max(columns - _BESIDE_BARS, _BARS[0]), _BARS[1])
        rows = [("recorded", f"step {place + 1}", "all steps")]
        for name, values in self._measured():
            now = values[place]
            bars = sparkline([value if math.isfinite(value) else 0.0 for value in values], room)
            rows.append((name, f"{now:.3f}" if math.isfinite(now) else "–", bars))
        return tuple(rows)

    def _measured(self) -> Iterator[tuple[str, tuple[float, ...]]]:
        """Name and numbers of what was measured."""
        yield "noise level σ", tuple(line.sigma for line in self._trace.lines)
        for name, field in (("size of ε̂", "eps_rms"), ("change of x̂₀", "change"), ("predictions apart", "apart")):
            values = self.row(field)
            if any(map(math.isfinite, values)):
                yield name, values


def _curve(name: str, values: tuple[float, ...]) -> Curve:
    """The finite ones of some numbers."""
    known = [(float(place), value) for place, value in enumerate(values) if math.isfinite(value)]
    return Curve(name, tuple(x for x, _ in known), tuple(y for _, y in known))
