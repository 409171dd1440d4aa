"""The negative on the first half of the steps, or on the second: when does it do its work?"""

from collections.abc import Iterator

import numpy as np

from tdiff.arrays import F64
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.changes import of_colour
from tdiff.lessons.core.lead import leaders
from tdiff.lessons.core.measures import difference
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import SAME, playing, side_by_side
from tdiff.lessons.core.together import seeds_from, steered, together
from tdiff.lessons.negatives.negative_lab import NEGATIVE, PROMPT, WHEN, timed
from tdiff.pipeline import to_pixels

_SEEDS = 10  # fewer seldom tell a lead from chance, since hearts differ
_HALF = 0.5  # of its red
_RED = 0.05  # of its pixels: a heart that has less was none to begin with
_EARLY, _LATE, _ALIKE = range(3)
_TITLES = ("no negative", "on all steps", "first half", "second half")


def negative_when(bench: Bench) -> Iterator[Outcome]:
    """Make ten hearts four times: without the negative, with it on all steps, on the first half, on the second."""
    recipe = steered(bench, prompt=PROMPT)
    seeds = seeds_from(recipe.seed, _SEEDS)
    variants = [recipe, *(timed(recipe, NEGATIVE, when) for when in WHEN)]
    # By seed, then by variant, so that the first four are the ones to show.
    trace = together(bench.pipeline, [variant.replace(seed=seed) for seed in seeds for variant in variants])
    yield from playing(trace, _TITLES)

    made = trace.final.reshape(_SEEDS, len(variants), *trace.final.shape[1:])
    each = np.array([[difference(row[0], variant) for variant in row] for row in made])  # (seeds, variants)
    moved = [float(far) for far in each.mean(axis=0)]
    red = of_colour(to_pixels(made), NEGATIVE).mean(axis=(2, 3))  # (seeds, variants)
    left = [float(share) for share in red.mean(axis=0)]
    had = red[:, 0] >= _RED
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
            "kept": int((had & (red[:, 1] > _HALF * red[:, 0])).sum()),
            "had": int(had.sum()),
            "seeds": _SEEDS,
            "seed": seeds[row],
        },
        steps=recipe.steps,
        answer=_answer(each[:, 2], each[:, 3]),
        table=(
            ("no.", "without", "all steps", "first", "second"),
            *((str(number), *(f"{share:.0%}" for share in row)) for number, row in enumerate(red, 1)),
        ),
    )


def _answer(early: F64, late: F64) -> int:
    """From how far each seed's picture was moved by either half; both are alike where the difference may be chance."""
    if max(early.mean(), late.mean()) <= SAME:
        return _ALIKE
    first = leaders({_EARLY: early, _LATE: late})
    return first[0] if len(first) == 1 else _ALIKE
