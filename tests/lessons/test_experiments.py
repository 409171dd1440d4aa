"""The run answers: every experiment on the model that ships, and on one that is different in kind."""

import math

import numpy as np
import pytest

import tdiff
from tdiff.diffusion import noise
from tdiff.diffusion.run import PICTURE
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.card import Lesson
from tdiff.lessons.core.finding import find_experiment
from tdiff.lessons.core.loader import load_lesson
from tdiff.lessons.core.outcome import Outcome
from tdiff.pipeline import to_pixels
from tdiff.recipe import SEED_RANGE, Recipe, StartPicture, Switch
from tdiff.samplers import SAMPLERS
from tests.lessons.conftest import Ran
from tests.lessons.stored import stored_pipeline

NAMES = tuple(card.experiment for card in load_lesson(1).cards if card.experiment)
TREE = Recipe(prompt="a green tree", seed=3, steps=8)

IF_IT_WERE_STORED = {
    "denoise.one_leap": 0,  # the finished picture
    "denoise.layout_first": 2,  # both at once
    "denoise.step_ladder": 3,  # no rung helps more than another
    "seeds.seed_fixes": 3,  # no pair differs
    "seeds.neighbours": 3,  # all alike
    "seeds.jigsaw": 2,  # all tiles final
    "seeds.same_static": 0,  # one picture, four times
}


def last(bench: Bench, name: str) -> Outcome:
    *_, outcome = find_experiment(name)(bench)
    return outcome


@pytest.mark.parametrize("name", NAMES)
def test_the_run_answers_with_one_of_the_options(lesson: Lesson, ran: dict[str, Ran], name: str) -> None:
    card = next(card for card in lesson.cards if card.experiment == name)
    assert ran[name].final.answer in range(len(card.question.options))


@pytest.mark.parametrize("name", NAMES)
def test_the_reveal_is_filled_with_finite_numbers(lesson: Lesson, ran: dict[str, Ran], name: str) -> None:
    card = next(card for card in lesson.cards if card.experiment == name)
    values = ran[name].final.values
    said = card.revealed(values)
    assert "{" not in said
    assert "nan" not in said
    assert all(math.isfinite(value) for value in values.values() if not isinstance(value, str))


@pytest.mark.parametrize("name", NAMES)
def test_an_outcome_can_be_shown(ran: dict[str, Ran], name: str) -> None:
    for outcome in ran[name].outcomes:
        assert 1 <= len(outcome.panes) <= 4
        for pane in outcome.panes:
            assert len(pane.title) <= 24
            assert (pane.picture.shape, pane.picture.dtype) == ((32, 32, 3), np.uint8)
    final = ran[name].final
    for row in final.table:
        assert len(row) == len(final.table[0])
    widths = (
        [max(len(row[column]) for row in final.table) for column in range(len(final.table[0]))] if final.table else []
    )
    assert sum(widths) + 2 * len(widths) <= 44  # the guide's room at 80 columns
    for curve in final.curves:
        assert len(curve.xs) == len(curve.ys) > 1
        assert np.isfinite(curve.ys).all()


@pytest.mark.parametrize("name", NAMES)
def test_only_the_last_outcome_is_finished_and_the_first_is_noise(ran: dict[str, Ran], name: str) -> None:
    *partial, final = ran[name].outcomes
    assert final.done
    assert not any(outcome.done or outcome.answer is not None for outcome in partial)
    steps = [outcome.progress[0] for outcome in partial]
    assert steps == sorted(steps)
    assert max(steps) <= partial[0].progress[1]
    assert (partial[0].panes[0].picture == to_pixels(noise(3, PICTURE))).all()


def test_what_is_shown_is_what_the_recipe_makes(ran: dict[str, Ran]) -> None:
    made = tdiff.load().generate(TREE)[0].astype(int)
    for name, place in (("denoise.layout_first", 3), ("seeds.jigsaw", 3)):
        assert np.abs(ran[name].final.panes[place].picture - made).max() <= 1


def test_numbers_agree_with_the_pictures_shown(ran: dict[str, Ran]) -> None:
    final = ran["denoise.twenty_of_fifty"].final
    state, _, finished = (pane.picture.astype(float) / 127.5 for pane in final.panes)
    assert np.abs(state - finished).mean() == pytest.approx(final.values["difference"], abs=0.01)


def test_the_same_seed_gives_the_same_picture_with_either_sampler(ran: dict[str, Ran]) -> None:
    values = ran["seeds.seed_fixes"].final.values
    assert values["ddim"] == values["ddpm"] == values["ddim_fresh"] == 0
    assert values["ddpm_fresh"] > 0.01


@pytest.mark.parametrize(
    ("fish", "answer"),
    [([], 3), ([0, 1, 2, 3], 1), ([0, 2, 3], 1), (["bluest"], 0), (["not the bluest"], 2), ([1, 2], 2)],
)
def test_which_square_is_a_fish_is_for_the_judge_to_say(fish: list[object], answer: int) -> None:
    pipeline, _ = stored_pipeline()
    blue = [(noise(seed, PICTURE).argmax(-1) == 2).mean() for seed in range(3, 7)]
    places = {"bluest": int(np.argmax(blue)), "not the bluest": int(np.argmin(blue))}
    named = {places.get(place, place) for place in fish}

    def similarity(prompts: list[str], pictures: np.ndarray) -> np.ndarray:
        judged = [["a fish" if i in named else "a hat"] for i in range(len(pictures))]
        return np.array([[float(prompt in words) for words in judged] for prompt in prompts], np.float32)

    pipeline.similarity = similarity
    outcome = last(Bench(pipeline, TREE), "denoise.four_squares")
    assert outcome.answer == answer
    assert outcome.values["named"] == len(named)


@pytest.mark.parametrize(("steps", "answer"), [(1, 2), (2, 1), (20, 0), (1000, 0)])
def test_how_much_one_step_takes_depends_on_how_many_there_are(steps: int, answer: int) -> None:
    pipeline, model = stored_pipeline()
    outcome = last(Bench(pipeline, TREE.replace(steps=steps)), "denoise.one_step")
    assert outcome.answer == answer
    assert outcome.values["steps"] == steps
    assert len(model.calls) == 1


@pytest.mark.parametrize(
    ("name", "answer"),
    list(IF_IT_WERE_STORED.items()),
)
def test_a_model_that_uncovers_one_stored_picture_gives_other_answers(name: str, answer: int) -> None:
    pipeline, _ = stored_pipeline()
    assert last(Bench(pipeline, TREE), name).answer == answer


def test_the_model_that_ships_uncovers_no_stored_picture(ran: dict[str, Ran]) -> None:
    unlike = [name for name, answer in IF_IT_WERE_STORED.items() if ran[name].final.answer != answer]
    assert len(unlike) >= len(IF_IT_WERE_STORED) - 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "recipe",
    [
        *(Recipe(prompt="a cat", sampler=sampler, steps=3) for sampler in SAMPLERS),
        Recipe(prompt="", guidance=-2, steps=1, seed=SEED_RANGE[1]),
        Recipe(prompt="a cat", guidance=1, eta=0.5, clip=False, steps=1000),
        Recipe(
            prompt="a cat",
            guidance=-1.2345,
            negative="red",
            switches=(Switch(2, "a dog"),),
            start=StartPicture("ab" * 32, 0.5),
            watermark="abcd1234",
            model="00000000",
        ),
    ],
    ids=[*SAMPLERS, "extremes", "long", "all fields"],
)
def test_any_bench_will_do(lesson: Lesson, name: str, recipe: Recipe) -> None:
    pipeline, _ = stored_pipeline()
    outcome = last(Bench(pipeline, recipe), name)
    card = next(card for card in lesson.cards if card.experiment == name)
    assert outcome.answer in range(len(card.question.options))
    assert "{" not in card.revealed(outcome.values)
    assert all(len(pane.title) <= 24 for pane in outcome.panes)


@pytest.mark.parametrize("name", NAMES)
def test_closing_an_experiment_stops_it(name: str) -> None:
    pipeline, model = stored_pipeline()
    states = find_experiment(name)(Bench(pipeline, TREE))
    next(states)
    assert model.calls == []  # what stands beside the question costs nothing
    next(states)
    taken = len(model.calls)
    assert taken <= 2
    states.close()
    assert len(model.calls) == taken
