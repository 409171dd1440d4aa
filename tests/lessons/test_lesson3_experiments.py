"""Lesson 3's experiments on the model that ships, and on one that knows a single picture and hears no word."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

import tdiff
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.card import Lesson
from tdiff.lessons.core.finding import find_experiment
from tdiff.lessons.core.loader import load_lesson
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.guidance.guidance_curves import guidance_curves
from tdiff.lessons.switching.when_decided import when_decided
from tdiff.pipeline import Pipeline
from tdiff.prompt.understand import understand
from tdiff.recipe import SEED_RANGE, Recipe, StartPicture, Switch
from tests.lessons.attentive import attentive_pipeline
from tests.lessons.experiment_checks import (
    answers_and_fills_the_reveal,
    can_be_shown,
    card_of,
    only_the_last_is_finished,
)

NAMES = tuple(card.experiment for card in load_lesson(3).cards if card.experiment)
BENCH = Recipe(prompt="a red apple", seed=3, steps=8)
QUICK: dict[str, Callable[[Bench], Iterator[Outcome]]] = {
    "guidance.guidance_curves": lambda bench: guidance_curves(bench, count=4, scenes=60),
    "switching.when_decided": lambda bench: when_decided(bench, count=1),
}
"""Smaller than in the lesson, where that is slow."""

IF_NO_WORD_WERE_HEARD = {
    "words.what_is_read": 0,  # nothing changes
    "words.swap_a_word": 0,  # hardly a pixel
    "words.word_maps": 2,  # the maps have nothing in common
    "matching.clip_draws": 2,  # the same picture
    "guidance.guidance_dial": 0,  # not asked: the dial is the same for any model
    "negatives.negative_slot": 2,  # no pixel
    "negatives.negative_when": 2,  # neither half
    "negatives.not_green": 1,  # as much as before
    "switching.when_decided": 2,  # neither first
}


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return load_lesson(3)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return tdiff.load()


@pytest.fixture(scope="module")
def ran(pipeline: Pipeline) -> dict[str, list[Outcome]]:
    """Every experiment, run once."""
    return {name: list(run(name)(Bench(pipeline, BENCH))) for name in NAMES}


def run(name: str) -> Callable[[Bench], Iterator[Outcome]]:
    return QUICK.get(name) or find_experiment(name)


def last(bench: Bench, name: str) -> Outcome:
    *_, outcome = run(name)(bench)
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


def test_what_is_not_read_changes_nothing(ran: dict[str, list[Outcome]]) -> None:
    final = ran["words.what_is_read"][-1]
    assert max(final.values["difference"], final.values["other_difference"]) < 1e-4  # a batch's rounding
    for pane in final.panes[1:]:
        assert np.abs(pane.picture.astype(int) - final.panes[0].picture).max() <= 1
    assert final.answer == 0
    assert not understand(final.values["unknown"]).has_effect
    fates = {row[0]: row[1:] for row in final.table[1:]}
    assert fates[final.values["unknown"]] == ("no effect", "–")
    assert fates["apple"] == ("known", "apple")
    assert fates[final.values["other"]][1] == "apple"


def test_a_word_changes_part_of_the_picture_and_the_numbers_are_those_of_the_panes(
    ran: dict[str, list[Outcome]],
) -> None:
    final = ran["words.swap_a_word"][-1]
    before, after, difference, _ = (pane.picture.astype(int) for pane in final.panes)
    gap = np.abs(before - after).max(axis=-1)
    assert (difference[..., 0] == gap).all()
    assert final.values["changed"] == pytest.approx((gap >= 26).mean())
    assert 0 < final.values["changed"] < 1
    assert final.values["word"] == "red"


def test_every_word_has_both_maps_and_attention_adds_up(ran: dict[str, list[Outcome]]) -> None:
    final = ran["words.word_maps"][-1]
    rows = final.table[1:]
    assert [row[0] for row in rows] == ["red", "apple", "flat"]
    assert sum(int(row[2].rstrip("%")) for row in rows) == pytest.approx(100, abs=1)
    assert final.values["worst_agreement"] <= final.values["agreement"] <= final.values["best_agreement"]


def test_the_pair_knows_scenes_and_not_the_order_of_words(ran: dict[str, list[Outcome]]) -> None:
    easy, hard = (ran[name][-1].values for name in ("matching.match_four", "matching.same_words"))
    assert easy["right"] > 2 * easy["chance"]
    assert hard["right"] < easy["right"]
    assert hard["alike"] > 0.9 > hard["scenes_alike"]
    assert hard["chosen"] >= hard["true"]
    marks = [row[0][:2] for row in ran["matching.same_words"][-1].table[1:]]
    assert marks in (["✓ ", " ›", "  ", "  "], ["✓›", "  ", "  ", "  "])
    assert easy["own"] > easy["foreign"]


def test_the_image_half_takes_no_part_and_the_text_half_does(ran: dict[str, list[Outcome]]) -> None:
    values = ran["matching.clip_draws"][-1].values
    assert values["image"] == 0 < values["text"]
    guess, noisy, _ = ran["matching.clip_draws"][-1].curves
    assert noisy.ys[-1] > noisy.ys[0] and guess.ys[0] > noisy.ys[0]  # a guess can be told long before the picture can
    assert abs(values["blind"]) < values["fits"]  # the shuffled half is of no use as a judge
    assert ran["matching.clip_draws"][-1].answer == 2


def test_turning_the_dial_asks_nothing_and_is_a_straight_line(ran: dict[str, list[Outcome]]) -> None:
    values = ran["guidance.guidance_dial"][-1].values
    assert values["asked"] == 0
    assert values["off"] < 1e-4
    assert (values["plain"], values["guided"]) == (values["steps"], 2 * values["steps"])


def test_without_guidance_the_prompt_is_not_heard(ran: dict[str, list[Outcome]]) -> None:
    values = ran["guidance.guidance_grid"][-1].values
    assert values["zero"] < 0.5 * values["plain"]
    assert ran["guidance.guidance_grid"][-1].answer == 1
    assert [pane.title for pane in ran["guidance.guidance_grid"][-1].panes] == [f"w = {w}" for w in (-2, 0, 1, 4, 15)]


def test_guidance_costs_colours_and_variety(ran: dict[str, list[Outcome]]) -> None:
    final = ran["guidance.guidance_curves"][-1]
    assert final.values["most_saturated"] > 2 * final.values["plain_saturated"]
    assert final.values["different"] < 15
    by_w = {row[0]: row for row in final.table[1:]}
    assert set(by_w) == {"0", "1", "2", "4", "8", "15", "real"}
    assert float(by_w["15"][2]) < float(by_w["0"][2])
    assert int(by_w["15"][3].rstrip("%")) < int(by_w["1"][3].rstrip("%"))
    assert [curve.name for curve in final.curves] == ["prompt match", "diversity", "naturalness", "saturated pixels"]


def test_a_negative_paints_itself_at_0_and_does_nothing_at_1(ran: dict[str, list[Outcome]]) -> None:
    final = ran["negatives.negative_weights"][-1]
    assert final.values["zero"] < 1 / 127.5
    assert final.values["one"] < 1 / 127.5
    assert final.values["guided"] > 0.01
    assert final.answer == 1


def test_a_negative_lessens_what_a_no_in_the_prompt_does_not(ran: dict[str, list[Outcome]]) -> None:
    slot, words = ran["negatives.negative_slot"][-1].values, ran["negatives.not_green"][-1].values
    assert slot["after"] < slot["before"]
    assert words["not_green"] + words["no_red"] > words["negative_green"] + words["negative_red"]
    assert words["not_fate"] == words["no_fate"] == "no effect"
    titles = [pane.title for pane in ran["negatives.not_green"][-1].panes]
    assert {"a frog, negative green", "a heart, negative red"} <= set(titles) and len(titles) == 6


def test_a_half_does_less_than_the_whole(ran: dict[str, list[Outcome]]) -> None:
    values = ran["negatives.negative_when"][-1].values
    assert 0 < min(values["early"], values["late"]) < values["always"]


def test_what_is_decided_only_grows(ran: dict[str, list[Outcome]]) -> None:
    final = ran["switching.when_decided"][-1]
    colour, shape = final.curves
    for curve in (colour, shape):
        assert (curve.ys[0], curve.ys[-1]) == (0, 100)
        assert np.corrcoef(curve.xs, curve.ys)[0, 1] > 0.5
    half = final.values["colour"]
    assert np.interp(half, colour.xs, colour.ys) == pytest.approx(50, abs=1e-6)


@pytest.mark.parametrize(("name", "answer"), IF_NO_WORD_WERE_HEARD.items())
def test_a_model_that_hears_no_word_gives_its_own_answers(name: str, answer: int) -> None:
    fake, _ = attentive_pipeline()
    assert last(Bench(fake, BENCH), name).answer == answer


def test_the_model_that_ships_hears_words(ran: dict[str, list[Outcome]]) -> None:
    steered = (
        "words.swap_a_word",
        "negatives.negative_slot",
        "negatives.not_green",
        "negatives.negative_when",
        "switching.when_decided",
    )
    assert sum(ran[name][-1].answer != IF_NO_WORD_WERE_HEARD[name] for name in steered) >= 3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(prompt="", guidance=-2, steps=1, seed=SEED_RANGE[0]),
        Recipe(prompt="xylem", guidance=1, eta=0.5, clip=False, steps=1000, seed=SEED_RANGE[1]),
        Recipe(prompt="two \x1b[31mcats [b]and[/b] a red heart and a green tree and a blue star on a pink background"),
        Recipe(
            prompt="on",
            guidance=15,
            negative="red",
            sampler="heun",
            switches=(Switch(2, "a dog"),),
            start=StartPicture("ab" * 32, 0.5),
            watermark="abcd1234",
            model="00000000",
        ),
    ],
    ids=["empty", "unknown", "long and hostile", "all fields"],
)
def test_any_bench_will_do(lesson: Lesson, name: str, recipe: Recipe) -> None:
    fake, _ = attentive_pipeline()
    outcome = last(Bench(fake, recipe), name)
    card = card_of(lesson, name)
    assert outcome.answer in range(len(card.question.options))
    said = card.revealed(outcome.values)
    assert "{" not in said
    assert said.isprintable()
    shown = [pane.title for pane in outcome.panes] + [cell for row in outcome.table for cell in row]
    assert all(text.isprintable() for text in shown)
    assert all(len(pane.title) <= 24 for pane in outcome.panes)
    assert sum(max(map(len, column)) + 2 for column in zip(*outcome.table, strict=True)) <= 44


@pytest.mark.parametrize("name", NAMES)
def test_the_question_comes_before_the_work_and_closing_stops_it(name: str) -> None:
    fake, model = attentive_pipeline()
    states = find_experiment(name)(Bench(fake, BENCH))
    next(states)
    assert model.calls == []
    next(states)
    taken = len(model.calls)
    assert taken <= 2
    states.close()
    assert len(model.calls) == taken
