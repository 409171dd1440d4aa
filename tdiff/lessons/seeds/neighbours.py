"""Neighbouring seeds against neighbouring noise: which gives a picture like the first?"""

from collections.abc import Iterator

import numpy as np

from tdiff.arrays import F32, F64
from tdiff.diffusion import Start, Trace, noise, run_of, slerp
from tdiff.diffusion.run import PICTURE
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.lead import leaders
from tdiff.lessons.core.measures import difference
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import SAME, playing, side_by_side
from tdiff.pipeline import options_of
from tdiff.recipe import Recipe

_STARTS = (0, 10, 20, 30, 40)  # added to the bench's seed: fewer seldom tell a lead from chance
_FAR = 1_000_003
_BLEND = 0.1
_TITLES = ("the picture", "next seed", "far seed", "blended static")
_ALL_ALIKE = 3


def neighbours(bench: Bench) -> Iterator[Outcome]:
    """Measure how far the pictures of the next seed, a far seed and a blended noise are from that of a seed."""
    recipe = bench.plain(least=4, most=12, sampler="ddim", eta=0.0)
    made: list[F32] = []  # each (4, H, W, 3): a picture and its three relatives
    for shift in _STARTS:
        trace = _trace(bench, recipe, _family(recipe.seed + shift))
        yield from playing(trace, _TITLES, before=len(made) * recipe.steps, total=len(_STARTS) * recipe.steps)
        made.append(trace.final)

    away = np.array([[difference(family[0], relative) for relative in family[1:]] for family in made])
    means = [float(mean) for mean in away.mean(axis=0)]
    rows = [(str(n), *(f"{far:.3f}" for far in row)) for n, row in enumerate(away, 1)]
    notes = ["", *(f"{far:.3f} away" for far in away[0])]
    yield Outcome(
        panes=side_by_side(_TITLES, made[0], notes),
        values={"next": means[0], "far": means[1], "blend": means[2], "seed": recipe.seed},
        answer=_answer(away),
        table=(("start", "next", "far", "blended"), *rows, ("mean", *(f"{mean:.3f}" for mean in means))),
    )


def _answer(away: F64) -> int:
    """The nearest relative from distances (starts, relatives), or 3 where none is nearer by more than chance."""
    nearest = leaders({place: tuple(-far) for place, far in enumerate(away.T)})
    return nearest[0] if len(nearest) == 1 and away.mean(axis=0).max() > SAME else _ALL_ALIKE


def _trace(bench: Bench, recipe: Recipe, starts: F32) -> Trace:
    """A run that begins with these noises, (B, H, W, 3), all of them under the recipe's prompt."""
    count = len(starts)
    conditions = bench.pipeline.conditions([recipe.prompt] * count, [recipe.negative] * count)
    options = options_of(recipe)
    return Trace(run_of(bench.pipeline.denoiser, conditions, [recipe.seed] * count, options, Start(starts)))


def _family(seed: int) -> F32:
    """The noise of a seed, of the next, of a far one, and the first blended a tenth of the way to that."""
    own, near, far = (noise(number, PICTURE) for number in (seed, seed + 1, seed + _FAR))
    return np.stack([own, near, far, slerp(own, far, _BLEND)])
