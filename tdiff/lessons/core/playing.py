"""Taking the steps of an experiment's run while showing how it goes."""

from collections.abc import Iterator, Sequence

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import Run, Trace, noise
from tdiff.lessons.core.outcome import Outcome
from tdiff.pipeline import to_pixels
from tdiff.views.figures import Pane

SAME = 1 / 127.5
"""One level of 255: two pictures that are less apart on average look the same on every screen."""


def start_of(run: Run) -> F32:
    """Return the x_t that a run begins with, (B, H, W, 3)."""
    if run.start is not None:
        return run.start.x_t
    return np.stack([noise(seed, run.shape) for seed in run.seeds])


def side_by_side(titles: Sequence[str], pictures: F32, notes: Sequence[str] = ()) -> tuple[Pane, ...]:
    """Return a pane for each title, of the first pictures of a batch (B, 32, 32, 3)."""
    pixels = to_pixels(pictures)
    notes = notes or [""] * len(titles)
    return tuple(Pane(title, pixels[i], note) for i, (title, note) in enumerate(zip(titles, notes, strict=True)))


def playing(
    trace: Trace,
    titles: Sequence[str],
    earlier: Sequence[Pane] = (),
    before: int = 0,
    total: int | None = None,
    until: int | None = None,
) -> Iterator[Outcome]:
    """Take a trace's missing steps, yielding its starting noise and then what each step leaves.

    Args:
        trace: of which steps are missing.
        titles: of the first pictures of its batch; the others are not shown.
        earlier: panes of runs before this one, shown first.
        before: steps that those runs took.
        total: steps of all runs together; this run's alone by default.
        until: how many steps to take; all by default.
    """
    steps = trace.run.options.steps
    total = steps if total is None else total

    def so_far(pictures: F32, taken: int) -> Outcome:
        panes = (*earlier, *side_by_side(titles, pictures))
        return Outcome(panes[-4:], progress=(before + taken, total))

    yield so_far(start_of(trace.run), 0)
    for step in trace.play():
        yield so_far(step.x_next, step.index + 1)
        if step.index + 1 == until:
            return
