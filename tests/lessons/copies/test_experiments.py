"""What the experiments on copies find."""

import importlib

import numpy as np
import pytest

from tdiff.evaluate.judge import Thing, Want
from tdiff.evaluate.memorisation import training_picture
from tdiff.evaluate.prompts import Case
from tdiff.lessons.copies.by_heart import by_heart
from tdiff.lessons.copies.near_copies import near_copies
from tdiff.lessons.copies.never_shown import never_shown
from tdiff.lessons.core.bench import Bench
from tdiff.pipeline import Pipeline, from_pixels
from tdiff.world.concepts import by_name
from tests.lessons.running import TREE, Runs, last
from tests.lessons.stored import stored_pipeline

pytestmark = pytest.mark.slow


def painting(index: int) -> Pipeline:
    """A model that paints one training picture, whatever it is asked for."""
    fake, model = stored_pipeline()
    model.picture = from_pixels(training_picture(index))
    return fake


class TestNearCopies:
    def test_a_model_that_paints_a_training_picture_is_found_out(self) -> None:
        outcome = last(Bench(painting(4321), TREE), "copies.near_copies")
        assert outcome.answer == 0
        assert outcome.values["made"] < 0.01 < outcome.values["real"]
        assert {row[1] for row in outcome.table[1:]} == {"4,321"}
        assert outcome.values["below"] == outcome.values["count"]

    def test_a_lead_that_may_be_chance_is_none(self) -> None:
        module = importlib.import_module("tdiff.lessons.copies.near_copies")  # its function has the same name
        low, high = module._ratio_of_medians([0.09, 0.12, 0.08, 0.11], [0.1, 0.11, 0.09, 0.12])
        assert low < 1 < high
        assert module._ratio_of_medians([0.2, 0.21, 0.22] * 4, [0.1, 0.11, 0.09] * 8)[0] > 1

    def test_distances_are_those_of_the_pictures_shown(self, ran: Runs) -> None:
        made, trained, real, twin = ran["copies.near_copies"][-1].panes
        for picture, near in ((made, trained), (real, twin)):
            apart = (picture.picture.astype(float) - near.picture.astype(float)) / 255
            assert near.note == f"{np.sqrt(np.square(apart).mean()):.3f} away"

    def test_another_seed_takes_other_nouns(self, pipeline: Pipeline) -> None:
        first, second = (
            next(near_copies(Bench(pipeline, TREE.replace(seed=seed)), made=4, unseen=20)).panes for seed in (3, 4)
        )
        assert [pane.title for pane in first] != [pane.title for pane in second]


class TestByHeart:
    def test_copies_appear_with_training_and_not_before(self, pipeline: Pipeline) -> None:
        *_, outcome = by_heart(Bench(pipeline, TREE), steps=1200)
        counts = outcome.curves[0].ys
        assert counts[0] == 0
        assert counts[-1] == outcome.values["copies"] > 0
        ratios = [float(row[2]) for row in outcome.table[1:]]
        assert ratios[-1] < 0.7 < ratios[0]

    def test_the_gray_of_an_untrained_network_is_no_copy(self, pipeline: Pipeline) -> None:
        *_, outcome = by_heart(Bench(pipeline, TREE.replace(seed=1)), steps=300)  # whose scenes have a plain one
        assert outcome.curves[0].ys[0] == 0

    def test_it_has_far_more_room_for_each_picture_than_the_shipped_model(self, ran: Runs) -> None:
        values = ran["copies.by_heart"][-1].values
        assert int(str(values["each"]).replace(",", "")) > 50 * int(values["shipped_each"])


class TestNeverShown:
    module = importlib.import_module("tdiff.lessons.copies.never_shown")  # its function has the same name

    def test_training_holds_no_picture_of_the_pairs(self, ran: Runs) -> None:
        final = ran["copies.never_shown"][-1]
        assert final.values["pictures"] == 0
        assert [row[1] for row in final.table[1:]] == ["0"] * 4

    def test_pictures_of_a_pair_that_was_shown_would_be_counted(self) -> None:
        assert self.module._trained_on(Case("a red heart", Want((Thing(by_name()["heart"].id, "red"),)))) > 100

    def test_the_checker_decides_what_is_right(self, monkeypatch: pytest.MonkeyPatch, pipeline: Pipeline) -> None:
        answers = {}
        for right in (True, False):
            monkeypatch.setattr(self.module, "fits", lambda want, look, right=right: right)
            *_, outcome = never_shown(Bench(pipeline, TREE), each=1)
            answers[right] = outcome.values["right"], outcome.answer
        assert answers == {True: (4, 2), False: (0, 0)}
