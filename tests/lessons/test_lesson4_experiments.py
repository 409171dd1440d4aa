"""Lesson 4's experiments on the model that ships, and on one that knows a single picture."""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest

import tdiff
from tdiff.evaluate.judge import Thing, Want
from tdiff.evaluate.memorisation import training_picture
from tdiff.evaluate.prompts import Case
from tdiff.evaluate.real import real_picture
from tdiff.lessons.copies.by_heart import by_heart
from tdiff.lessons.copies.near_copies import near_copies
from tdiff.lessons.copies.never_shown import never_shown
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.card import Lesson
from tdiff.lessons.core.finding import find_experiment
from tdiff.lessons.core.loader import load_lesson
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.labels.false_alarms import false_alarms
from tdiff.lessons.skew.change_mix import change_mix
from tdiff.lessons.skew.left_open import left_open
from tdiff.lessons.skew.skew_lab import open_scenes
from tdiff.lessons.truth.weak_spots import weak_spots
from tdiff.pipeline import Pipeline, from_pixels
from tdiff.provenance.watermark_table import recorded_table
from tdiff.recipe import SEED_RANGE, Recipe
from tdiff.share import share
from tdiff.world.concepts import by_name
from tests.lessons.experiment_checks import (
    answers_and_fills_the_reveal,
    can_be_shown,
    card_of,
    only_the_last_is_finished,
)
from tests.lessons.stored import stored_pipeline

NAMES = tuple(card.experiment for card in load_lesson(4).cards if card.experiment)
BENCH = Recipe(prompt="a green tree", seed=3, steps=8)
QUICK: dict[str, Callable[[Bench], Iterator[Outcome]]] = {
    "copies.near_copies": lambda bench: near_copies(bench, made=4, unseen=20),
    "copies.by_heart": lambda bench: by_heart(bench, steps=300),
    "copies.never_shown": lambda bench: never_shown(bench, each=1),
    "skew.left_open": lambda bench: left_open(bench, samples=16),
    "skew.change_mix": lambda bench: change_mix(bench, steps=250),
    "labels.false_alarms": lambda bench: false_alarms(bench, keys=200),
    "truth.weak_spots": lambda bench: weak_spots(bench, each=2),
}
"""Smaller than in the lesson, where that is slow."""


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return load_lesson(4)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return tdiff.load()


@pytest.fixture(scope="module")
def ran(pipeline: Pipeline) -> dict[str, list[Outcome]]:
    """Every experiment, run once."""
    bench = Bench(pipeline, BENCH)
    return {name: list((QUICK.get(name) or find_experiment(name))(bench)) for name in NAMES}


def last(bench: Bench, name: str) -> Outcome:
    *_, outcome = (QUICK.get(name) or find_experiment(name))(bench)
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


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", SEED_RANGE)
def test_any_bench_will_do(lesson: Lesson, name: str, seed: int) -> None:
    fake, _ = stored_pipeline()
    outcome = last(Bench(fake, Recipe(prompt="", guidance=-2, steps=1, seed=seed)), name)
    card = card_of(lesson, name)
    assert outcome.answer in range(len(card.question.options))
    assert "{" not in card.revealed(outcome.values)


@pytest.mark.parametrize("name", NAMES)
def test_the_question_comes_before_the_work_and_closing_stops_it(name: str) -> None:
    fake, model = stored_pipeline()
    states = find_experiment(name)(Bench(fake, BENCH))
    next(states)
    assert model.calls == []
    next(states)
    taken = len(model.calls)
    assert taken <= 16  # a third of a second
    states.close()
    assert len(model.calls) == taken


@dataclass
class Finished:
    """A trace that is done."""

    final: np.ndarray

    def complete(self) -> "Finished":
        return self


def painting(index: int) -> Pipeline:
    """A model that paints one training picture, whatever it is asked for."""
    fake, model = stored_pipeline()
    model.picture = from_pixels(training_picture(index))
    return fake


class TestNearCopies:
    def test_a_model_that_paints_a_training_picture_is_found_out(self) -> None:
        outcome = last(Bench(painting(4321), BENCH), "copies.near_copies")
        assert outcome.answer == 0
        assert outcome.values["made"] < 0.01 < outcome.values["real"]
        assert {row[1] for row in outcome.table[1:]} == {"4,321"}
        assert outcome.values["below"] == outcome.values["count"]

    def test_distances_are_those_of_the_pictures_shown(self, ran: dict[str, list[Outcome]]) -> None:
        made, trained, real, twin = ran["copies.near_copies"][-1].panes
        for picture, near in ((made, trained), (real, twin)):
            apart = (picture.picture.astype(float) - near.picture.astype(float)) / 255
            assert near.note == f"{np.sqrt(np.square(apart).mean()):.3f} away"

    def test_another_seed_takes_other_nouns(self, pipeline: Pipeline) -> None:
        first, second = (
            next(near_copies(Bench(pipeline, BENCH.replace(seed=seed)), made=4, unseen=20)).panes for seed in (3, 4)
        )
        assert [pane.title for pane in first] != [pane.title for pane in second]


class TestByHeart:
    def test_copies_appear_with_training_and_not_before(self, pipeline: Pipeline) -> None:
        *_, outcome = by_heart(Bench(pipeline, BENCH), steps=1200)
        counts = outcome.curves[0].ys
        assert counts[0] == 0
        assert counts[-1] == outcome.values["copies"] > 0
        ratios = [float(row[2]) for row in outcome.table[1:]]
        assert ratios[-1] < 0.7 < ratios[0]

    def test_it_has_far_more_room_for_each_picture_than_the_shipped_model(self, ran: dict[str, list[Outcome]]) -> None:
        values = ran["copies.by_heart"][-1].values
        assert int(str(values["each"]).replace(",", "")) > 50 * int(values["shipped_each"])


class TestNeverShown:
    module = importlib.import_module("tdiff.lessons.copies.never_shown")  # its function has the same name

    def test_training_holds_no_picture_of_the_pairs(self, ran: dict[str, list[Outcome]]) -> None:
        final = ran["copies.never_shown"][-1]
        assert final.values["pictures"] == 0
        assert [row[1] for row in final.table[1:]] == ["0"] * 4

    def test_pictures_of_a_pair_that_was_shown_would_be_counted(self) -> None:
        assert self.module._trained_on(Case("a red heart", Want((Thing(by_name()["heart"].id, "red"),)))) > 100

    def test_the_checker_decides_what_is_right(self, monkeypatch: pytest.MonkeyPatch, pipeline: Pipeline) -> None:
        answers = {}
        for right in (True, False):
            monkeypatch.setattr(self.module, "fits", lambda want, look, right=right: right)
            *_, outcome = never_shown(Bench(pipeline, BENCH), each=1)
            answers[right] = outcome.values["right"], outcome.answer
        assert answers == {True: (4, 2), False: (0, 0)}


class TestLeftOpen:
    @pytest.mark.parametrize(("colour", "answer"), [("red", 2), ("green", 0)])
    def test_a_model_of_one_colour_is_found_out(self, colour: str, answer: int) -> None:
        heart = Want((Thing(by_name()["heart"].id, colour),))
        fake, model = stored_pipeline()
        model.picture = from_pixels(real_picture(heart, np.random.default_rng(0)))
        outcome = last(Bench(fake, BENCH), "skew.left_open")
        assert outcome.answer == answer
        assert outcome.values["eight"] == (1 if colour == "red" else 0)
        assert outcome.values["top"] == "red"

    def test_a_model_that_paints_the_training_mix_is_not_accused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        heart = by_name()["heart"]
        scenes = open_scenes(heart, "colour", count=100)
        assert len(scenes) >= 64
        lab = importlib.import_module("tdiff.lessons.skew.skew_lab")
        portions = iter([from_pixels(scenes[first : first + 8]) for first in range(0, 64, 8)] * 3)
        monkeypatch.setattr(lab, "several", lambda *_: Finished(next(portions)))
        *_, outcome = left_open(Bench(stored_pipeline()[0], BENCH), samples=64)
        assert outcome.answer == 1
        assert outcome.values["gap_low"] <= 0 <= outcome.values["gap_high"]

    def test_the_table_has_every_attribute_at_every_guidance(self, ran: dict[str, list[Outcome]]) -> None:
        final = ran["skew.left_open"][-1]
        assert [row[0].rpartition("= ")[2] for row in final.table[1:]] == ["1", "4", "8"] * 3
        assert [len(curve.ys) for curve in final.curves] == [3, 3, 3]


class TestChangeTheMix:
    def test_what_is_made_follows_the_mix(self, ran: dict[str, list[Outcome]]) -> None:
        values = ran["skew.change_mix"][-1].values
        assert values["made_most"] > 0.7
        assert values["made_few"] < 0.4
        assert values["made_few"] < values["made_half"] < values["made_most"]

    def test_the_curve_ends_where_the_table_does(self, ran: dict[str, list[Outcome]]) -> None:
        final = ran["skew.change_mix"][-1]
        assert [f"{curve.ys[-1]:.0%}" for curve in final.curves] == [row[1] for row in final.table[1:]]


class TestLabelIt:
    def test_inspect_repeats_what_the_file_says(self, ran: dict[str, list[Outcome]]) -> None:
        final = ran["labels.label_it"][-1]
        says = {row[0]: row[1:3] for row in final.table[1:]}
        assert says == {
            "saved": ("algorithm", "yes"),
            "saved, no prompt": ("algorithm", "no"),
            "stripped": ("nothing", "no"),
            "forged": ("camera", "no"),
        }
        assert final.answer == 1

    def test_all_files_hold_the_picture_that_the_recipe_makes(self, ran: dict[str, list[Outcome]]) -> None:
        made = tdiff.load().generate(BENCH.replace(steps=20))[0].astype(int)
        final = ran["labels.label_it"][-1]
        assert final.values["apart"] == 0
        assert all(np.abs(pane.picture - made).max() <= 1 for pane in final.panes)

    def test_a_reader_that_noticed_the_forgery_would_change_the_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stage = importlib.import_module("tdiff.lessons.labels.label_lab")
        suspicious = replace(stage.metadata_of(stage.png_bytes(np.zeros((32, 32, 3), np.uint8))), warnings=("forged",))
        monkeypatch.setattr(stage, "metadata_of", lambda data: suspicious)
        assert last(Bench(stored_pipeline()[0], BENCH), "labels.label_it").answer == 2


class TestHiddenMark:
    def test_the_ring_is_found_unharmed_and_survives_some_treatment(self, ran: dict[str, list[Outcome]]) -> None:
        final = ran["labels.hidden_mark"][-1]
        none = next(row for row in final.table if row[0] == "none")
        assert none[1].startswith("yes")
        assert sum(row[1].startswith("yes") for row in final.table[2:]) == final.values["survived"]
        assert len(final.table) == 2 + final.values["attacks"] == 9

    def test_the_mark_changes_the_picture(self, ran: dict[str, list[Outcome]]) -> None:
        plain, ring, bits, _ = (pane.picture for pane in ran["labels.hidden_mark"][-1].panes)
        assert (plain != ring).any()
        assert (ring != bits).any()
        unmarked = tdiff.load().generate(BENCH.replace(steps=20))[0].astype(int)
        assert np.abs(plain - unmarked).max() <= 1

    def test_a_model_that_forgets_its_noise_keeps_no_mark(self) -> None:
        outcome = last(Bench(stored_pipeline()[0], BENCH), "labels.hidden_mark")
        assert (outcome.values["survived"], outcome.answer) == (0, 0)


class TestFalseAlarms:
    def test_about_one_key_in_a_hundred_seems_to_be_there(self, pipeline: Pipeline) -> None:
        *_, outcome = false_alarms(Bench(pipeline, BENCH), keys=1000)
        assert 1 <= outcome.values["alarms"] <= 30
        assert outcome.values["strict"] <= outcome.values["alarms"]
        assert outcome.curves[0].ys[-1] == outcome.values["alarms"]

    def test_the_recorded_table_says_that_it_is_recorded_and_of_how_many(self, ran: dict[str, list[Outcome]]) -> None:
        recorded = recorded_table()
        table = ran["labels.false_alarms"][-1].table
        assert table[0][0] == f"recorded, n = {recorded.count:,}"
        assert recorded.model in [row[0] for row in table]
        assert table[1][1] == f"{recorded.row('ring', 'none').detected.value:.0%}"

    def test_a_table_of_other_weights_is_told(self, monkeypatch: pytest.MonkeyPatch, pipeline: Pipeline) -> None:
        for model, told in ((f"{pipeline.info.name} {pipeline.info.hash}", False), ("sprite-32 00000000", True)):
            other = replace(recorded_table(), model=model)
            module = importlib.import_module("tdiff.lessons.labels.false_alarms")
            monkeypatch.setattr(module, "recorded_table", lambda other=other: other)
            *_, outcome = false_alarms(Bench(pipeline, BENCH), keys=100)
            assert (outcome.table[-1][0] == "this run has other weights") is told
            assert model in [row[0] for row in outcome.table]

    def test_its_figures_come_from_the_file(self, monkeypatch: pytest.MonkeyPatch, pipeline: Pipeline) -> None:
        recorded = recorded_table()
        rows = tuple(replace(row, false_alarms=share(7, 500)) for row in recorded.measured.rows)
        other = replace(recorded, count=500, measured=replace(recorded.measured, rows=rows))
        module = importlib.import_module("tdiff.lessons.labels.false_alarms")
        monkeypatch.setattr(module, "recorded_table", lambda: other)
        *_, outcome = false_alarms(Bench(pipeline, BENCH), keys=100)
        assert (outcome.values["n"], outcome.values["false"]) == ("500", 7 / 500)


class TestWeakSpots:
    def test_the_checkers_verdicts_decide(self, monkeypatch: pytest.MonkeyPatch, pipeline: Pipeline) -> None:
        module = importlib.import_module("tdiff.lessons.truth.weak_spots")
        monkeypatch.setattr(module, "fits", lambda want, look: want.relation is None)
        *_, outcome = weak_spots(Bench(pipeline, BENCH), each=2)
        assert (outcome.values["one"], outcome.values["order"], outcome.answer) == (2, 0, 2)
        assert [pane.title.rpartition(": ")[2] for pane in outcome.panes] == ["right", "right", "failed", "right"]

    def test_it_says_which_model_was_checked(self, ran: dict[str, list[Outcome]], pipeline: Pipeline) -> None:
        values = ran["truth.weak_spots"][-1].values
        assert pipeline.info.hash in values["model"]
        assert values["numbers"] == f"{pipeline.info.parameters:,}"
