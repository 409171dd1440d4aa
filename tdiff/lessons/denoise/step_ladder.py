"""The step ladder: how much nearer does each rung come to the picture of a hundred steps?"""

from collections.abc import Iterator
from itertools import pairwise
from math import log2

import numpy as np

from tdiff.arrays import F32
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.measures import difference
from tdiff.lessons.core.naming import match
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import SAME, playing
from tdiff.pipeline import to_pixels
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_RUNGS = (1, 2, 4, 8, 20, 50)
_BEST = 100
_SHOWN = (1, 4, 20, _BEST)
_STRETCHES = ((1, 4), (4, 20), (20, 50))
_ALL_ALIKE = 3
_ALIKE = 0.25  # of the largest gain: stretches that differ by less help equally


def step_ladder(bench: Bench) -> Iterator[Outcome]:
    """Make one picture with DDIM in more and more steps and measure how far each is from that of 100 steps."""
    recipe = bench.plain(sampler="ddim", eta=0.0)
    made: dict[int, F32] = {}
    panes: dict[int, Pane] = {}
    for steps in (*_RUNGS, _BEST):
        trace = bench.pipeline.trace(recipe.replace(steps=steps))
        earlier = [panes[rung] for rung in panes if rung in _SHOWN]
        total = sum(_RUNGS) + _BEST
        yield from playing(trace, [_title(steps)], earlier, sum(made), total)
        made[steps] = trace.final[0]
        panes[steps] = Pane(_title(steps), to_pixels(trace.final[0]))

    away = {steps: difference(made[steps], made[_BEST]) for steps in _RUNGS}
    fits = dict(zip(made, match(bench.pipeline, recipe.prompt, np.stack(list(made.values()))), strict=True))
    gains = [(away[low] - away[high]) / log2(high / low) for low, high in _STRETCHES]
    yield Outcome(
        panes=tuple(panes[steps] for steps in _SHOWN),
        values={
            "early": gains[0],
            "middle": gains[1],
            "late": gains[2],
            "match_8": fits[8],
            "match_100": fits[_BEST],
        },
        answer=_answer(away, gains),
        table=_table(away, fits),
        curves=(Curve("difference from 100 steps", tuple(map(float, _RUNGS)), tuple(away.values())),),
        x_label="steps",
        y_label="mean difference",
    )


def _title(steps: int) -> str:
    return "1 step" if steps == 1 else f"{steps} steps"


def _answer(away: dict[int, float], gains: list[float]) -> int:
    """The stretch that gains most with each doubling, or 3 where all gain about as much."""
    if max(away.values()) <= SAME or max(gains) - min(gains) <= _ALIKE * max(gains):
        return _ALL_ALIKE
    return int(np.argmax(gains))


def _table(away: dict[int, float], fits: dict[int, float]) -> tuple[tuple[str, ...], ...]:
    gain = {high: (away[low] - away[high]) / log2(high / low) for low, high in pairwise(away)}
    rows = [
        (str(steps), f"{away[steps]:.3f}", f"{gain[steps]:+.3f}" if steps in gain else "", f"{fits[steps]:.2f}")
        for steps in away
    ]
    return (("steps", "off by", "gain a doubling", "fits"), *rows, (str(_BEST), "0.000", "", f"{fits[_BEST]:.2f}"))
