"""The negative on the first half of the steps, or on the second: when does it do its work?"""

from collections.abc import Iterator

import numpy as np

from tdiff.arrays import F32
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.changes import of_colour
from tdiff.lessons.core.measures import difference
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import SAME, playing, side_by_side
from tdiff.lessons.core.together import seeds_from, steered, together
from tdiff.lessons.negatives.negative_lab import NEGATIVE, PROMPT, WHEN, timed
from tdiff.pipeline import to_pixels

_SEEDS = 6
_EARLY, _LATE, _ALIKE = range(3)
_CLOSE = 0.25  # of the larger effect: halves that differ by less do equally much
_TITLES = ("no negative", "on all steps", "first half", "second half")


def negative_when(bench: Bench) -> Iterator[Outcome]:
    """Make six hearts four times: without the negative, with it on all steps, on the first half, on the second."""
    recipe = steered(bench, prompt=PROMPT)
    seeds = seeds_from(recipe.seed, _SEEDS)
    variants = [recipe, *(timed(recipe, NEGATIVE, when) for when in WHEN)]
    # By seed, then by variant, so that the first four are the ones to show.
    trace = together(bench.pipeline, [variant.replace(seed=seed) for seed in seeds for variant in variants])
    yield from playing(trace, _TITLES)

    made = trace.final.reshape(_SEEDS, len(variants), *trace.final.shape[1:])
    moved = [_moved(made[:, 0], made[:, place]) for place in range(len(variants))]
    red = of_colour(to_pixels(made), NEGATIVE).mean(axis=(2, 3))  # (seeds, variants)
    left = [float(share) for share in red.mean(axis=0)]
    row = int(np.argmax(red[:, 0] - red[:, 1]))  # the seed that lost most
    yield Outcome(
        panes=side_by_side(_TITLES, made[row], [f"no. {row + 1}: {share:.0%} {NEGATIVE}" for share in red[row]]),
        values={
            "always": moved[1],
            "early": moved[2],
            "late": moved[3],
            "red": left[0],
            "red_always": left[1],
            "red_early": left[2],
            "red_late": left[3],
            "seeds": _SEEDS,
            "seed": seeds[row],
        },
        steps=recipe.steps,
        answer=_answer(moved[2], moved[3]),
        table=(
            ("negative", "moved by", "red pixels"),
            *((title, f"{far:.3f}", f"{share:.0%}") for title, far, share in zip(_TITLES, moved, left, strict=True)),
        ),
    )


def _moved(before: F32, after: F32) -> float:
    return float(np.mean([difference(first, second) for first, second in zip(before, after, strict=True)]))


def _answer(early: float, late: float) -> int:
    larger = max(early, late)
    if larger <= SAME or abs(early - late) <= _CLOSE * larger:
        return _ALIKE
    return _EARLY if early > late else _LATE
