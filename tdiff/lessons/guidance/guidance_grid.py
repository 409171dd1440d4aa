"""The same seeds under five guidances: w = 0 knows nothing of the prompt, w = 1 is plain."""

from collections.abc import Iterator

import numpy as np

from tdiff.arrays import F32
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.lead import Lead, lead
from tdiff.lessons.core.measures import edges
from tdiff.lessons.core.naming import match
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import start_of
from tdiff.lessons.core.rewording import heard
from tdiff.lessons.core.smaller import four_of
from tdiff.lessons.core.together import seeds_from, steered, together
from tdiff.pipeline import to_pixels
from tdiff.views.figures import Pane

_SEEDS = 4
_FAINT, _NOTHING_OF_IT, _STATIC = range(3)
_AS_STATIC = 0.8  # of the edges that the starting noise has
_KNOWN = 0.5  # of the match at w = 1 from which on one would say that the prompt is known


def guidance_grid(bench: Bench) -> Iterator[Outcome]:
    """Make a grid of guidance and seed, and measure how well each row fits the prompt."""
    recipe = steered(bench, prompt=heard(bench.recipe.prompt), guidance_start=0.0)
    weights = (-2.0, 0.0, 1.0, recipe.guidance, 15.0)
    seeds = seeds_from(recipe.seed, _SEEDS)
    trace = together(bench.pipeline, [recipe.replace(guidance=w, seed=seed) for w in weights for seed in seeds])
    names = [f"w = {w:g}" for w in weights]

    def so_far(pictures: F32, taken: int) -> Outcome:
        return Outcome(_panes(names, pictures), progress=(taken, recipe.steps))

    noise = start_of(trace.run)
    static = Pane("starting noise", to_pixels(noise[0]))
    yield Outcome((static,), progress=(0, recipe.steps))
    for step in trace.play():
        yield so_far(step.x_next, step.index + 1)

    made = trace.final.reshape(len(weights), _SEEDS, *trace.final.shape[1:])
    each = [match(bench.pipeline, recipe.prompt, row) for row in made]
    fits = [float(np.mean(row)) for row in each]
    rough = float(edges(made[1]).mean() / edges(noise[:_SEEDS]).mean())
    yield Outcome(
        panes=_panes(names, trace.final),
        values={
            "zero": fits[1],
            "plain": fits[2],
            "guided": fits[3],
            "most": fits[4],
            "below": fits[0],
            "than_zero": _compared(lead(each[1], each[0]), lead(each[0], each[1])),
            "guidance": recipe.guidance,
            "seeds": _SEEDS,
        },
        steps=recipe.steps,
        answer=_STATIC if rough >= _AS_STATIC else _FAINT if fits[1] >= _KNOWN * fits[2] else _NOTHING_OF_IT,
        table=(
            ("w", *(f"no. {place}" for place in range(1, _SEEDS + 1))),
            *((f"{w:g}", *(f"{fit:.3f}" for fit in row)) for w, row in zip(weights, each, strict=True)),
        ),
    )


def _compared(less: Lead, more: Lead) -> str:
    """How the fit below 0 compares with that at 0, on the same seeds."""
    return "lower than" if less.clear else "higher than" if more.clear else "no different from that"


def _panes(names: list[str], pictures: F32) -> tuple[Pane, ...]:
    """One sheet of four seeds for each guidance."""
    rows = pictures.reshape(len(names), _SEEDS, *pictures.shape[1:])
    return tuple(Pane(name, four_of(to_pixels(row)), "four seeds") for name, row in zip(names, rows, strict=True))
