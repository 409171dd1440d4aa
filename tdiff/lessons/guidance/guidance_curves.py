"""Fit, variety and naturalness against w: they need not agree on the best. What does our default trade?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32, F64
from tdiff.defaults import GUIDANCE
from tdiff.evaluate.bias_suite import open_prompt
from tdiff.evaluate.metrics import vendi
from tdiff.evaluate.naturalness import natural, natural_each, saturated
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.lead import leaders
from tdiff.lessons.core.naming import listed, match, name_pictures
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import start_of
from tdiff.lessons.core.rewording import usable
from tdiff.lessons.core.scenes import unseen_scenes
from tdiff.lessons.core.smaller import four_of
from tdiff.lessons.core.together import seeds_from, short, together
from tdiff.pipeline import to_pixels
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_WEIGHTS = tuple(sorted({0.0, 1.0, 2.0, GUIDANCE, 8.0, 15.0}))
_SEEDS = 10
_STEPS = 8
_SCENES, _UNSEEN = 200, 40  # real scenes to compare with, and others to see how those come out
_SHOWN = (1.0, GUIDANCE, 8.0, 15.0)
_HIGHEST, _NOT_THE_HIGHEST, _NO_BEST = range(3)


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One guidance.

    Attributes:
        recognised: how many pictures show the thing, for the checker.
        matches: cosine similarity of the prompt and each picture.
        different: Vendi score: how many different pictures there are, in effect.
        without_one: the same without each of the pictures, for the chance in it.
        naturals: of each picture the share of patches that lie among those of real scenes.
        saturated: share of pixels at the end of their range.
    """

    recognised: int
    matches: tuple[float, ...]
    different: float
    without_one: tuple[float, ...]
    naturals: F64
    saturated: float

    @property
    def match(self) -> float:
        """Mean over the pictures."""
        return float(np.mean(self.matches))

    @property
    def natural(self) -> float:
        """Mean over the pictures."""
        return float(self.naturals.mean())


def guidance_curves(bench: Bench, count: int = _SEEDS, scenes: int = _SCENES) -> Iterator[Outcome]:
    """Make the same seeds under six guidances, and measure each set.

    Args:
        bench: prompt, of which the first thing is asked for, and first seed.
        count: pictures for each guidance, at least four.
        scenes: real ones to compare with.
    """
    _, noun = usable(bench.recipe.prompt, "noun")
    prompt = open_prompt(noun.reads)  # what leaves room to differ
    recipe = short(bench, prompt=prompt, guidance_start=0.0).replace(steps=_STEPS)
    seeds = seeds_from(recipe.seed, count)
    total = len(_WEIGHTS) * _STEPS
    start = start_of(bench.pipeline.run(recipe))
    yield Outcome((Pane("starting noise", to_pixels(start[0])),), progress=(0, total))

    made: dict[float, F32] = {}
    for w in _WEIGHTS:
        trace = together(bench.pipeline, [recipe.replace(guidance=w, seed=seed) for seed in seeds])
        for step in trace.play():
            panes = (*_panes(made), Pane(f"w = {w:g}", four_of(to_pixels(step.x_next)), "four of the seeds"))
            taken = len(made) * _STEPS + step.index + 1
            yield Outcome(panes[-4:], progress=(taken, total))
        made[w] = trace.final.clip(-1, 1)

    real, unseen = np.split(unseen_scenes(bench, scenes + _UNSEEN).pictures, [scenes])
    measured = {w: _measured(bench, noun.reads, pictures, real) for w, pictures in made.items()}
    plain, default = measured[1.0], measured[GUIDANCE]
    real_natural = natural(unseen, real)
    best = _best(measured, real_natural)
    common = set(best[0]).intersection(*best[1:])
    yield Outcome(
        panes=_panes({w: made[w] for w in _SHOWN}),
        values={
            "match": _said(best[0]),
            "different": _said(best[1]),
            "natural": _said(best[2]),
            "real_natural": real_natural,
            "default": GUIDANCE,
            "plain_seen": plain.recognised,
            "default_seen": default.recognised,
            "plain_different": plain.different,
            "default_different": default.different,
            "plain_saturated": plain.saturated,
            "most_saturated": measured[15.0].saturated,
            "real_saturated": saturated(unseen),
            "pictures": count,
            "prompt": prompt,
        },
        steps=recipe.steps,
        answer=_NO_BEST if not common else _HIGHEST if common == {max(_WEIGHTS)} else _NOT_THE_HIGHEST,
        table=(
            ("w", "seen", "fits", "vary", "natural", "glaring"),
            *(
                (
                    f"{w:g}",
                    str(m.recognised),
                    f"{m.match:.3f}",
                    f"{m.different:.1f}",
                    f"{m.natural:.0%}",
                    f"{m.saturated:.0%}",
                )
                for w, m in measured.items()
            ),
            (
                "real",
                "",
                "",
                f"{vendi(bench.pipeline.model.pair.images(unseen[:count])):.1f}",
                f"{real_natural:.0%}",
                f"{saturated(unseen):.0%}",
            ),
        ),
        curves=_curves(measured),
        x_label="guidance w",
        y_label="% of the largest",
    )


def _measured(bench: Bench, noun: str, pictures: F32, real: F32) -> Measured:
    features = bench.pipeline.model.pair.images(pictures)
    return Measured(
        recognised=name_pictures(pictures, [noun] * len(pictures)).count(noun),
        matches=match(bench.pipeline, open_prompt(noun), pictures),
        different=vendi(features),
        without_one=tuple(vendi(np.delete(features, place, axis=0)) for place in range(len(features))),
        naturals=natural_each(pictures, real),
        saturated=saturated(pictures),
    )


def _best(measured: dict[float, Measured], real: float) -> tuple[tuple[float, ...], ...]:
    """Every w that shares the first place for match, for diversity and for naturalness, on the same seeds.

    Where no prompt is heard there is nothing to trade, so w = 0 does not take part. Natural is best that comes nearest
    to real scenes: pictures plainer than these have a larger share of patches that are found in them.

    Args:
        measured: each w.
        real: the natural share of unseen real scenes.
    """
    steered = {w: each for w, each in measured.items() if w > 0}
    return (
        leaders({w: each.matches for w, each in steered.items()}),
        leaders({w: each.without_one for w, each in steered.items()}, jackknifed=True),
        leaders({w: tuple(-np.abs(each.naturals - real)) for w, each in steered.items()}),
    )


def _said(first: tuple[float, ...]) -> str:
    """Such as "4", or "2, 4 and 8 alike" where the difference could be chance."""
    names = [f"{w:g}" for w in first]
    return f"{listed(names)} alike" if len(names) > 1 else names[0]


def _curves(measured: dict[float, Measured]) -> tuple[Curve, ...]:
    """Each measure in percent of its own largest value."""
    xs = tuple(measured)
    lines = {
        "prompt match": [max(each.match, 0) for each in measured.values()],
        "diversity": [each.different for each in measured.values()],
        "naturalness": [each.natural for each in measured.values()],
        "saturated pixels": [each.saturated for each in measured.values()],
    }
    return tuple(Curve(name, xs, tuple(100 * y / max(*ys, 1e-6) for y in ys)) for name, ys in lines.items())


def _panes(made: dict[float, F32]) -> tuple[Pane, ...]:
    return tuple(Pane(f"w = {w:g}", four_of(to_pixels(pictures)), "four of the seeds") for w, pictures in made.items())
