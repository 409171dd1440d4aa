"""Does training undo its own steps in order? The noise levels of some exercises, as they are drawn."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from tdiff.arrays import F64
from tdiff.lessons.core.asking import ask
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.training.training_draws import TrainingExample, draw_example
from tdiff.pipeline import to_pixels
from tdiff.tinytrain import BAND_EDGES
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_EXERCISES = 48
_EVERY = 4
_SHOWN = 4
_ORDERED = 0.5  # correlation of place and level from which on one would call them sorted
_FALLING, _RISING, _MIXED = range(3)


def which_order(bench: Bench) -> Iterator[Outcome]:
    """Draw exercises as training does, ask the network each, and see whether their levels have an order."""
    rng = np.random.Generator(np.random.PCG64([bench.recipe.seed, 5]))
    drawn = [draw_example(rng)]
    errors: list[float] = []
    while True:
        if len(errors) % _EVERY == 0:
            recent = tuple(_pane(number, exercise) for number, exercise in enumerate(drawn, 1))[-_SHOWN:]
            yield Outcome(recent, progress=(len(errors), _EXERCISES))
        exercise = drawn[-1]
        said = ask(bench.pipeline, exercise.mixture[None], exercise.level, [exercise.given])
        errors.append(float(np.square(said.x0[0].clip(-1, 1) - exercise.picture).mean()))
        if len(errors) == _EXERCISES:
            break
        drawn.append(draw_example(rng))

    levels = np.array([exercise.level.sigma for exercise in drawn])
    places = np.arange(1.0, _EXERCISES + 1)
    order = float(np.corrcoef(places, levels)[0, 1])
    yield Outcome(
        panes=tuple(_pane(number, exercise) for number, exercise in enumerate(drawn[:_SHOWN], 1)),
        values={
            "order": order,
            "exercises": _EXERCISES,
            "first": levels[0].item(),
            "second": levels[1].item(),
            "third": levels[2].item(),
            "blanked": sum(exercise.blanked for exercise in drawn),
        },
        answer=_FALLING if order <= -_ORDERED else _RISING if order >= _ORDERED else _MIXED,
        table=_table(levels, np.array(errors)),
        curves=(Curve("level drawn", tuple(places.tolist()), tuple((100 * levels).tolist())),),
        x_label="exercise",
        y_label="noise level, %",
    )


def _pane(number: int, exercise: TrainingExample) -> Pane:
    return Pane(f"exercise {number}", to_pixels(exercise.mixture), f"noise level {exercise.level.sigma:.0%}")


def _table(levels: F64, errors: F64) -> tuple[tuple[str, ...], ...]:
    rows = []
    for low, high in pairwise(BAND_EDGES):
        inside = (levels >= low) & (levels < high)
        error = f"{errors[inside].mean():.4f}" if inside.any() else "–"
        rows.append((f"{low:.0%} to {high:.0%}", str(int(inside.sum())), error))
    return (("noise level", "exercises", "error of guess"), *rows)
