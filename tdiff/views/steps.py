"""Taking the steps of a trace in a thread. Knows no widget."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from tdiff.arrays import U8
from tdiff.diffusion import Trace
from tdiff.render.pixels import resized
from tdiff.views.looks import PIXELS, Looks
from tdiff.views.view import Track


@dataclass(frozen=True, slots=True)
class Reach:
    """The wish that a trace have so many steps. Two of the same trace and target are equal."""

    trace: Trace
    target: int

    @property
    def fulfilled(self) -> bool:
        """Whether it has them."""
        return self.trace.finished or len(self.trace) >= self.target


def taken(wish: Reach, every: bool = True, looks: Looks = PIXELS) -> Iterator[float]:
    """Take the steps that are missing; each is appended to the trace before this hands out its milliseconds.

    Args:
        wish: which trace, how far.
        every: hand out each step's, not only the last one's.
        looks: how the run is shown; its picture is made ready behind the last step.
    """
    steps = wish.trace.play()
    while not wish.fulfilled:
        began = time.perf_counter()
        if next(steps, None) is None:
            return
        milliseconds = (time.perf_counter() - began) * 1000
        looks.develop(wish.trace)
        if every or wish.fulfilled:
            yield milliseconds


def guess(trace: Trace | None, place: int, looks: Looks = PIXELS) -> U8 | None:
    """The clean guess at a place, or the finished picture behind the last step; None where no step was taken yet."""
    if trace is None or place > len(trace) or (place == len(trace) and not trace.finished):
        return None
    return looks.finished(trace) if place == len(trace) else looks.picture(trace[place].x0[0])


def track(trace: Trace, total: int, at: int) -> Track:
    """The places of the steps that were taken, of `total`, each at its noise level; the cursor is at one of them."""
    levels = tuple(step.noise_level for step in trace)
    return Track(total, len(trace) - 1, at, levels[at], levels=levels)


def film(trace: Trace, looks: Looks = PIXELS) -> tuple[U8, ...]:
    """The pictures of a finished run, (H, W, 3) each: x_t before every step, then the finished one as the last of them.

    Where the finished one has other pixels than those on the way, all are brought to its size.
    """
    done = looks.finished(trace)
    return (*(resized(looks.picture(step.x_t[0]), *done.shape[:2]) for step in trace), done)
