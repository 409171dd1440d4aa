"""Lesson 2's experiments on the model that ships, and on one that knows a single picture."""

import numpy as np
import pytest

import tdiff
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.card import Lesson
from tdiff.lessons.core.finding import find_experiment
from tdiff.lessons.core.loader import load_lesson
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.training.copy_or_learn import copy_or_learn
from tdiff.lessons.training.recorded import training_recording
from tdiff.pipeline import Pipeline
from tdiff.recipe import SEED_RANGE, Recipe
from tests.lessons.experiment_checks import (
    answers_and_fills_the_reveal,
    can_be_shown,
    card_of,
    only_the_last_is_finished,
)
from tests.lessons.stored import stored_pipeline

NAMES = tuple(card.experiment for card in load_lesson(2).cards if card.experiment)
TRAINING = ("training.live_training", "training.flat_total", "training.what_to_predict", "training.copy_or_learn")
QUICK = tuple(name for name in NAMES if name not in TRAINING)
BENCH = Recipe(prompt="a green tree", seed=3, steps=8)


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return load_lesson(2)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return tdiff.load()


@pytest.fixture(scope="module")
def ran(pipeline: Pipeline) -> dict[str, list[Outcome]]:
    """Every experiment, run once; the longest of them with fewer steps."""
    bench = Bench(pipeline, BENCH)
    done = {name: list(find_experiment(name)(bench)) for name in NAMES if name != "training.copy_or_learn"}
    return done | {"training.copy_or_learn": list(copy_or_learn(bench, steps=200))}


def last(bench: Bench, name: str) -> Outcome:
    *_, outcome = find_experiment(name)(bench)
    return outcome


@pytest.mark.parametrize("name", NAMES)
def test_the_run_answers_and_fills_the_reveal(lesson: Lesson, ran: dict[str, list[Outcome]], name: str) -> None:
    answers_and_fills_the_reveal(card_of(lesson, name), ran[name])


@pytest.mark.parametrize("name", NAMES)
def test_an_outcome_can_be_shown(ran: dict[str, list[Outcome]], name: str) -> None:
    can_be_shown(ran[name])


@pytest.mark.parametrize("name", NAMES)
def test_only_the_last_outcome_is_finished(ran: dict[str, list[Outcome]], name: str) -> None:
    only_the_last_is_finished(ran[name])


def test_a_jump_ends_where_a_chain_does(ran: dict[str, list[Outcome]]) -> None:
    values = ran["forward.any_level"][-1].values
    assert values["chain"] == pytest.approx(0.7, abs=0.02)
    assert values["jump"] == pytest.approx(0.7, abs=0.02)
    measured, formula = ran["forward.any_level"][-1].curves
    np.testing.assert_allclose(measured.ys, formula.ys, atol=0.02)


def test_the_model_sees_through_noise_that_hides_the_picture(ran: dict[str, list[Outcome]]) -> None:
    values = ran["forward.lost_in_noise"][-1].values
    assert values["guess"] > values["mixture"] + 0.2
    assert values["last_guess"] < values["guess"]


def test_training_levels_have_no_order(ran: dict[str, list[Outcome]]) -> None:
    final = ran["training.which_order"][-1]
    assert final.answer == 2
    assert sum(int(row[1]) for row in final.table[1:]) == final.values["exercises"] == len(final.curves[0].ys)
    errors = [float(row[2]) for row in final.table[1:]]
    assert errors == sorted(errors)  # the heavier the noise, the larger: as the cards that follow say


def test_sprites_appear_while_it_trains(ran: dict[str, list[Outcome]]) -> None:
    *_, final = ran["training.live_training"]
    assert final.values["sprites"] >= 6
    assert [pane.title for pane in final.panes] == [f"after {steps} steps" for steps in (0, 100, 250, 500)]
    first = int(final.values["first"].removeprefix("step "))
    assert final.answer == (0 if first <= 100 else 1 if first <= 250 else 2)


def test_the_total_hides_what_happens_at_light_noise(ran: dict[str, list[Outcome]]) -> None:
    values = ran["training.flat_total"][-1].values
    assert values["light"] > 2 * values["total"]
    assert values["shown"] > values["shown_before"]
    assert 0 < values["floor"] < values["error"]


def test_doing_nothing_has_a_low_loss_and_makes_no_picture(ran: dict[str, list[Outcome]]) -> None:
    final = ran["training.low_loss"][-1]
    assert final.values["idle"] < final.values["model"]
    idle, model = (pane.picture.astype(float) for pane in final.panes[2:])
    assert np.abs(np.diff(idle, axis=0)).mean() > 3 * np.abs(np.diff(model, axis=0)).mean()


def test_a_narrow_network_learns_the_clean_picture_and_not_v(ran: dict[str, list[Outcome]]) -> None:
    values = ran["training.what_to_predict"][-1].values
    assert values["shown_v"] == 0 < values["shown"]
    assert values["clean"] < values["v"]


def test_fewer_pictures_are_copied_more(ran: dict[str, list[Outcome]]) -> None:
    values = ran["training.copy_or_learn"][-1].values
    assert values["four"] < 0.5 < values["four_hundred"]
    assert values["four"] < values["forty"]


def test_what_is_recorded_says_so_and_the_rest_is_made_now(ran: dict[str, list[Outcome]]) -> None:
    recording = training_recording()
    final = ran["training.real_training"][-1]
    assert [pane.title.startswith("recorded at ") for pane in final.panes] == [True, True, True, False]
    assert all("recorded" in curve.name for curve in final.curves)
    assert (final.panes[2].picture == recording.pictures[-1, 3]).all()
    made = final.panes[3].picture.astype(float)
    apart = np.abs(made - recording.pictures[-1].astype(float)).mean(axis=(1, 2, 3))
    assert apart.argmin() == 3  # same prompt and noise: nearer to its own snapshot than to any other
    assert final.values["difference"] == pytest.approx(apart[3] / 127.5, abs=0.01)


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("seed", SEED_RANGE)
def test_any_bench_will_do(lesson: Lesson, name: str, seed: int) -> None:
    fake, _ = stored_pipeline()
    outcome = last(Bench(fake, Recipe(prompt="", guidance=-2, steps=1, seed=seed)), name)
    card = card_of(lesson, name)
    assert outcome.answer in range(len(card.question.options))
    assert "{" not in card.revealed(outcome.values)


@pytest.mark.parametrize(
    ("name", "answer"), [("forward.lost_in_noise", 0), ("training.guess_game", 1), ("training.which_order", 2)]
)
def test_a_model_that_knows_one_picture_gives_its_own_answers(name: str, answer: int) -> None:
    fake, _ = stored_pipeline()
    assert last(Bench(fake, BENCH), name).answer == answer


@pytest.mark.parametrize("name", NAMES)
def test_the_question_comes_before_the_work_and_closing_stops_it(name: str) -> None:
    fake, model = stored_pipeline()
    states = find_experiment(name)(Bench(fake, BENCH))
    next(states)
    assert model.calls == []
    next(states)
    taken = len(model.calls)
    assert taken <= 4
    states.close()
    assert len(model.calls) == taken
