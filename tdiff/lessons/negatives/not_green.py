"""What becomes of a no in a prompt: "a frog, not green", "a heart, no red"."""

from collections.abc import Iterator

import numpy as np

from tdiff.arrays import F64
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.changes import of_colour
from tdiff.lessons.core.lead import lead
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import start_of
from tdiff.lessons.core.rewording import fate_of
from tdiff.lessons.core.smaller import four_of
from tdiff.lessons.core.together import seeds_from, steered, together
from tdiff.pipeline import to_pixels
from tdiff.prompt.understand import understand
from tdiff.views.figures import Pane

_CASES = (("a frog", "not", "green"), ("a heart", "no", "red"))
_SEEDS = 6
_LESS, _AS_MUCH, _MORE = range(3)


def not_green(bench: Bench) -> Iterator[Outcome]:
    """Make each thing as it is, with a no in the prompt, and with the colour as the negative; count its pixels."""
    recipe = steered(bench)
    seeds = seeds_from(recipe.seed, _SEEDS)
    wishes = [
        wish for thing, no, colour in _CASES for wish in ((thing, ""), (f"{thing}, {no} {colour}", ""), (thing, colour))
    ]
    recipes = [recipe.replace(prompt=wish, negative=away, seed=seed) for wish, away in wishes for seed in seeds]
    trace = together(bench.pipeline, recipes)
    yield Outcome((Pane("starting noise", to_pixels(start_of(trace.run)[0])),), progress=(0, recipe.steps))
    for step in trace.play():
        so_far = step.x_next.reshape(len(wishes), _SEEDS, *step.x_next.shape[1:])
        panes = tuple(Pane(_title(*wishes[place]), four_of(to_pixels(so_far[place]))) for place in range(3))
        yield Outcome(panes, progress=(step.index + 1, recipe.steps))

    made = trace.final.reshape(len(wishes), _SEEDS, *trace.final.shape[1:])
    colours = [colour for _, _, colour in _CASES for _ in range(3)]
    counted = [
        of_colour(to_pixels(row), colour).mean(axis=(1, 2)) for row, colour in zip(made, colours, strict=True)
    ]  # of each wish a share for each seed
    shares = [float(each.mean()) for each in counted]
    yield Outcome(
        panes=tuple(
            Pane(
                _title(*wishes[place]),
                four_of(to_pixels(made[place])),
                f"{shares[place]:.0%}" if wishes[place][1] else f"{shares[place]:.0%} {colours[place]}",
            )
            for place in range(len(wishes))
        ),
        values={
            "green": shares[0],
            "not_green": shares[1],
            "negative_green": shares[2],
            "red": shares[3],
            "no_red": shares[4],
            "negative_red": shares[5],
            "seeds": _SEEDS,
            "not_fate": fate_of(understand("not").words[0]),
            "no_fate": fate_of(understand("no").words[0]),
        },
        steps=recipe.steps,
        answer=_answer(counted[0] + counted[3], counted[1] + counted[4]),
        table=(
            ("no.", *(name for thing, no, _ in _CASES for name in (thing.split()[-1], no, "neg."))),
            *(
                (str(number), *(f"{share:.0%}" for share in row))
                for number, row in enumerate(np.stack(counted, axis=1), 1)
            ),
        ),
    )


def _answer(before: F64, after: F64) -> int:
    """From each seed's pixels of the unwanted colours, without and with a no in the prompt."""
    if lead(after, before).clear:
        return _MORE
    return _LESS if lead(before, after).clear else _AS_MUCH


def _title(wish: str, away: str) -> str:
    return f"{wish}, negative {away}" if away else wish
