"""A negative at one seed and at several: what it changes, and whether that was only what it names."""

from collections.abc import Iterator

import numpy as np

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.changes import changed, of_colour
from tdiff.lessons.core.measures import difference
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import playing
from tdiff.lessons.core.together import seeds_from, steered, together
from tdiff.lessons.negatives.negative_lab import NEGATIVE, PROMPT
from tdiff.pipeline import to_pixels
from tdiff.views.figures import Pane, difference_pixels

_SEEDS = 6
_VEIL = 40  # brightness of what is not of the colour
_ONLY_THERE, _ELSEWHERE, _NOWHERE = range(3)
_FEW = 0.1  # of the changed pixels: fewer elsewhere would be chance
_NONE = 0.01  # of all pixels
_HALF = 0.5  # of its red: a heart that keeps more has stayed red
_RED = 0.05  # of its pixels: a heart that has less was none to begin with


def negative_slot(bench: Bench) -> Iterator[Outcome]:
    """Make six hearts without a negative and the same six with "red", and see which pixels changed."""
    recipe = steered(bench, prompt=PROMPT)
    seeds = seeds_from(recipe.seed, _SEEDS)
    plain = [recipe.replace(seed=seed) for seed in seeds]
    trace = together(bench.pipeline, [*plain, *(each.replace(negative=NEGATIVE) for each in plain)])
    yield from playing(trace, ["before"])

    before, after = np.split(to_pixels(trace.final), 2)
    was, still = of_colour(before, NEGATIVE), of_colour(after, NEGATIVE)
    change = changed(before, after)
    elsewhere = float((change & ~was).sum() / max(int(change.sum()), 1))
    shares = float(was.mean()), float(still.mean())
    pairs = zip(trace.final[:_SEEDS], trace.final[_SEEDS:], strict=True)
    had = was.mean(axis=(1, 2)) >= _RED
    row = int(np.argmax(was.mean(axis=(1, 2)) - still.mean(axis=(1, 2))))  # the seed that lost most
    yield Outcome(
        panes=(
            Pane(f"before, no. {row + 1}", before[row], f"{was[row].mean():.0%} {NEGATIVE}"),
            Pane(f"negative “{NEGATIVE}”", after[row], f"{still[row].mean():.0%} {NEGATIVE}"),
            Pane("difference", difference_pixels(before[row], after[row]), f"{change[row].mean():.0%} of pixels"),
            Pane(f"where it was {NEGATIVE}", np.where(was[row][..., None], before[row], _VEIL).astype(np.uint8)),
        ),
        values={
            "before": shares[0],
            "after": shares[1],
            "changed": float(change.mean()),
            "elsewhere": elsewhere,
            "stayed": int((had & (still.mean(axis=(1, 2)) > _HALF * was.mean(axis=(1, 2)))).sum()),
            "had": int(had.sum()),
            "difference": float(np.mean([difference(first, second) for first, second in pairs])),
            "seeds": _SEEDS,
            "seed": seeds[row],
            "guidance": recipe.guidance,
        },
        steps=recipe.steps,
        answer=_NOWHERE if change.mean() < _NONE else _ONLY_THERE if elsewhere < _FEW else _ELSEWHERE,
        table=(
            ("no.", "red before", "red after", "changed"),
            *(
                (str(each + 1), f"{was[each].mean():.0%}", f"{still[each].mean():.0%}", f"{change[each].mean():.0%}")
                for each in range(_SEEDS)
            ),
        ),
    )
