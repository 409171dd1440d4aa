"""Match, diversity and naturalness against w: three measures that do not agree on the best."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32
from tdiff.evaluate.bias_suite import open_prompt
from tdiff.evaluate.metrics import vendi
from tdiff.evaluate.naturalness import natural, saturated
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.naming import match
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import start_of
from tdiff.lessons.core.rewording import usable
from tdiff.lessons.core.scenes import unseen_scenes
from tdiff.lessons.core.smaller import four_of
from tdiff.lessons.core.together import seeds_from, short, together
from tdiff.pipeline import to_pixels
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_WEIGHTS = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)
_SEEDS = 10
_STEPS = 8
_SCENES, _UNSEEN = 200, 40  # real scenes to compare with, and others to see how those come out
_SHOWN = (1.0, 4.0, 8.0, 15.0)
_HIGHEST, _ONE_BEST, _NO_BEST = range(3)


@dataclass(frozen=True, slots=True)
class Measured:
    """One guidance.

    Attributes:
        match: mean cosine similarity of prompt and pictures.
        different: Vendi score: how many different pictures there are, in effect.
        natural: share of their patches that lie among those of real scenes.
        saturated: share of pixels at the end of their range.
    """

    match: float
    different: float
    natural: float
    saturated: float


def guidance_curves(bench: Bench, count: int = _SEEDS, scenes: int = _SCENES) -> Iterator[Outcome]:
    """Make the same seeds under six guidances, and measure each set.

    Args:
        bench: prompt, of which the first thing is asked for, and first seed.
        count: pictures for each guidance, at least four.
        scenes: real ones to compare with.
    """
    _, noun = usable(bench.recipe.prompt, "noun")
    prompt = open_prompt(noun.reads)  # what leaves room to differ
    recipe = short(bench, prompt=prompt).replace(steps=_STEPS)
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
    measured = {w: _measured(bench, prompt, pictures, real) for w, pictures in made.items()}
    best = _best(measured)
    yield Outcome(
        panes=_panes({w: made[w] for w in _SHOWN}),
        values={
            "match": best[0],
            "different": best[1],
            "natural": best[2],
            "plain_saturated": measured[1.0].saturated,
            "most_saturated": measured[15.0].saturated,
            "real_saturated": saturated(unseen),
            "pictures": count,
            "prompt": prompt,
        },
        steps=recipe.steps,
        answer=_NO_BEST if len(set(best)) > 1 else _HIGHEST if best[0] == max(_WEIGHTS) else _ONE_BEST,
        table=(
            ("w", "fits", "differ", "natural", "saturated"),
            *(
                (f"{w:g}", f"{m.match:.3f}", f"{m.different:.1f}", f"{m.natural:.0%}", f"{m.saturated:.0%}")
                for w, m in measured.items()
            ),
            (
                "real",
                "",
                f"{_different(bench, unseen[:count]):.1f}",
                f"{natural(unseen, real):.0%}",
                f"{saturated(unseen):.0%}",
            ),
        ),
        curves=_curves(measured),
        x_label="guidance w",
        y_label="% of the largest",
    )


def _measured(bench: Bench, prompt: str, pictures: F32, real: F32) -> Measured:
    return Measured(
        match=float(np.mean(match(bench.pipeline, prompt, pictures))),
        different=_different(bench, pictures),
        natural=natural(pictures, real),
        saturated=saturated(pictures),
    )


def _different(bench: Bench, pictures: F32) -> float:
    return vendi(bench.pipeline.model.pair.images(pictures))


def _best(measured: dict[float, Measured]) -> tuple[float, float, float]:
    """The w that is best for match, for diversity and for naturalness; the smaller one of equals.

    Where no prompt is heard there is nothing to trade, so w = 0 does not take part.
    """
    steered = [w for w in measured if w > 0]
    return (
        max(steered, key=lambda w: measured[w].match),
        max(steered, key=lambda w: measured[w].different),
        max(steered, key=lambda w: (measured[w].natural, -measured[w].saturated)),
    )


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
