"""What holds for every experiment of every lesson, whatever it shows."""

import math

import numpy as np
import pytest

from tdiff.diffusion import noise
from tdiff.diffusion.run import PICTURE
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.finding import find_experiment
from tdiff.pipeline import to_pixels
from tdiff.recipe import SEED_RANGE, Recipe, StartPicture, Switch
from tdiff.samplers import SAMPLERS
from tests.lessons.attentive import attentive_pipeline
from tests.lessons.running import APPLE, CARDS, TREE, Runs, card_of, last, names_of
from tests.lessons.showable import showable
from tests.lessons.stored import stored_pipeline

NAMES = tuple(CARDS)
FIRST, STEERING = names_of(1), names_of(3)
UNSTEERED = tuple(name for name in NAMES if name not in STEERING)
TRAINING = ("training.live_training", "training.flat_total", "training.what_to_predict", "training.copy_or_learn")
"""These take long, and nothing of the bench but its seed."""
FULL = Recipe(
    prompt="a cat",
    guidance=-1.2345,
    negative="red",
    switches=(Switch(2, "a dog"),),
    start=StartPicture("ab" * 32, 0.5),
    watermark="abcd1234",
    model="00000000",
)
BENCHES = {
    **{f"{sampler} alone": (FIRST, Recipe(prompt="a cat", sampler=sampler, steps=3)) for sampler in SAMPLERS},
    "first seed": (NAMES[len(FIRST) :], Recipe(prompt="", guidance=-2, steps=1, seed=SEED_RANGE[0])),
    "last seed": (
        [name for name in NAMES if name not in STEERING],
        Recipe(prompt="", guidance=-2, steps=1, seed=SEED_RANGE[1]),
    ),
    "long": (FIRST, Recipe(prompt="a cat", guidance=1, eta=0.5, clip=False, steps=1000)),
    "all fields": (FIRST, FULL),
    "unknown word": (
        STEERING,
        Recipe(prompt="xylem", guidance=1, eta=0.5, clip=False, steps=1000, seed=SEED_RANGE[1]),
    ),
    "long and hostile": (
        STEERING,
        Recipe(prompt="two \x1b[31mcats [b]and[/b] a red heart and a green tree and a blue star on a pink background"),
    ),
    "all fields, heun": (STEERING, FULL.replace(prompt="on", guidance=15, sampler="heun")),
}


@pytest.mark.parametrize("name", NAMES)
def test_the_run_answers_with_one_of_the_options(ran: Runs, name: str) -> None:
    assert ran[name][-1].answer in range(len(card_of(name).question.options))


@pytest.mark.parametrize("name", NAMES)
def test_the_reveal_is_filled_with_finite_numbers(ran: Runs, name: str) -> None:
    values = ran[name][-1].values
    said = card_of(name).revealed(values)
    assert "{" not in said
    assert "nan" not in said
    assert all(math.isfinite(value) for value in values.values() if not isinstance(value, str))


@pytest.mark.parametrize("name", NAMES)
def test_an_outcome_can_be_shown(ran: Runs, name: str) -> None:
    for outcome in ran[name]:
        assert showable(outcome.panes, most=4 if name in FIRST else 6)
        for curve in outcome.curves:
            assert len(curve.xs) == len(curve.ys) > 1
            assert np.isfinite(curve.ys).all()
    widths = [max(map(len, column)) for column in zip(*ran[name][-1].table, strict=True)]
    assert sum(widths) + 2 * len(widths) <= 44  # the guide's room at 80 columns


@pytest.mark.parametrize("name", NAMES)
def test_only_the_last_outcome_is_finished(ran: Runs, name: str) -> None:
    *partial, final = ran[name]
    assert final.done
    assert not any(outcome.done or outcome.answer is not None for outcome in partial)
    steps = [outcome.progress[0] for outcome in partial]
    assert steps[0] == 0
    assert steps == sorted(steps)
    assert max(steps) <= partial[0].progress[1]


@pytest.mark.parametrize("name", FIRST)
def test_lesson_1_begins_with_noise(ran: Runs, name: str) -> None:
    assert (ran[name][0].panes[0].picture == to_pixels(noise(TREE.seed, PICTURE))).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "recipe"),
    [
        pytest.param(name, recipe, id=f"{name}-{bench}")
        for bench, (names, recipe) in BENCHES.items()
        for name in names
        if name not in TRAINING
    ],
)
def test_any_bench_will_do(name: str, recipe: Recipe) -> None:
    fake, _ = attentive_pipeline() if name in STEERING else stored_pipeline()
    outcome = last(Bench(fake, recipe), name)
    assert outcome.answer in range(len(card_of(name).question.options))
    said = card_of(name).revealed(outcome.values)
    assert "{" not in said
    assert said.isprintable()
    shown = [pane.title for pane in outcome.panes] + [cell for row in outcome.table for cell in row]
    assert all(text.isprintable() for text in shown)
    assert all(len(pane.title) <= 24 for pane in outcome.panes)
    assert sum(max(map(len, column)) + 2 for column in zip(*outcome.table, strict=True)) <= 44


@pytest.mark.parametrize("name", NAMES)
def test_the_question_comes_before_the_work_and_closing_stops_it(name: str) -> None:
    fake, model = attentive_pipeline() if name in STEERING else stored_pipeline()
    states = find_experiment(name)(Bench(fake, APPLE if name in STEERING else TREE))
    next(states)
    assert model.calls == []
    next(states)
    taken = len(model.calls)
    assert taken <= (2 if name in (*FIRST, *STEERING) else 4 if name in names_of(2) else 16)  # a third of a second
    states.close()
    assert len(model.calls) == taken
