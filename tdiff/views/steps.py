"""Taking the steps of a trace in a thread. Knows no widget."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from tdiff.arrays import U8
from tdiff.diffusion import Trace
from tdiff.pipeline import to_pixels


@dataclass(frozen=True, slots=True)
class Reach:
    """The wish that a trace have so many steps. Two of the same trace and target are equal."""

    trace: Trace
    target: int

    @property
    def fulfilled(self) -> bool:
        """Whether it has them."""
        return self.trace.finished or len(self.trace) >= self.target


def taken(wish: Reach, every: bool = True) -> Iterator[float]:
    """Take the steps that are missing; each is appended to the trace before this hands out its milliseconds.

    Args:
        wish: which trace, how far.
        every: hand out each step's, not only the last one's.
    """
    steps = wish.trace.play()
    while not wish.fulfilled:
        began = time.perf_counter()
        if next(steps, None) is None:
            return
        milliseconds = (time.perf_counter() - began) * 1000
        if every or wish.fulfilled:
            yield milliseconds


def guess(trace: Trace | None, place: int) -> U8 | None:
    """The clean guess at a place, or the finished picture behind the last step; None where no step was taken yet."""
    if trace is None or place > len(trace) or (place == len(trace) and not trace.finished):
        return None
    return to_pixels((trace.final if place == len(trace) else trace[place].x0)[0])


def film(trace: Trace) -> tuple[U8, ...]:
    """The pictures of a finished run, (32, 32, 3) each: x_t before every step, then the finished one."""
    return (*(to_pixels(step.x_t[0]) for step in trace), to_pixels(trace.final[0]))
