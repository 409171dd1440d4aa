"""What the experiments on skews find."""

import importlib
from dataclasses import dataclass

import numpy as np
import pytest

from tdiff.evaluate.judge import Thing, Want
from tdiff.evaluate.real import real_picture
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.skew.left_open import left_open
from tdiff.lessons.skew.skew_lab import open_scenes
from tdiff.pipeline import from_pixels
from tdiff.world.concepts import by_name
from tests.lessons.running import TREE, Runs, card_of, last
from tests.lessons.stored import stored_pipeline

pytestmark = pytest.mark.slow


@dataclass
class Finished:
    """A trace that is done."""

    final: np.ndarray

    def complete(self) -> "Finished":
        return self


class TestLeftOpen:
    @pytest.mark.parametrize(("colour", "answer"), [("red", 2), ("green", 0)])
    def test_a_model_of_one_colour_is_found_out(self, colour: str, answer: int) -> None:
        heart = Want((Thing(by_name()["heart"].id, colour),))
        fake, model = stored_pipeline()
        model.picture = from_pixels(real_picture(heart, np.random.default_rng(0)))
        outcome = last(Bench(fake, TREE), "skew.left_open")
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
        *_, outcome = left_open(Bench(stored_pipeline()[0], TREE), samples=64)
        assert outcome.answer == 1
        assert outcome.values["gap_low"] <= 0 <= outcome.values["gap_high"]

    def test_faded_pictures_are_less_vivid_and_the_card_says_how_much(self, ran: Runs) -> None:
        module = importlib.import_module("tdiff.lessons.skew.left_open")  # its function has the same name
        scenes = open_scenes(by_name()["heart"], "colour", count=16)
        gray = scenes.mean(axis=-1, keepdims=True)
        faded = (0.5 * scenes + 0.5 * gray).astype(np.uint8)
        assert module.vividness(faded) < 0.7 * module.vividness(scenes)
        values = ran["skew.left_open"][-1].values
        assert f"are {values['vivid']:.0%} as vivid" in card_of("skew.left_open").revealed(values)

    def test_each_attribute_is_said_to_be_rarer_or_commoner_only_beyond_chance(self, ran: Runs) -> None:
        values, answer = ran["skew.left_open"][-1].values, ran["skew.left_open"][-1].answer
        said = ("rarer", "about as common", "commoner")
        assert values["colour_said"] == said[answer]
        assert {values["position_said"], values["style_said"]} <= set(said)

    def test_the_table_has_every_attribute_at_every_guidance(self, ran: Runs) -> None:
        final = ran["skew.left_open"][-1]
        assert [row[0].rpartition("= ")[2] for row in final.table[1:]] == ["1", "4", "8"] * 3
        assert [len(curve.ys) for curve in final.curves] == [3, 3, 3]


class TestChangeTheMix:
    def test_what_is_made_follows_the_mix(self, ran: Runs) -> None:
        values = ran["skew.change_mix"][-1].values
        assert values["made_most"] > 0.7
        assert values["made_few"] < 0.4
        assert values["made_few"] < values["made_half"] < values["made_most"]

    def test_the_curve_ends_where_the_table_does(self, ran: Runs) -> None:
        final = ran["skew.change_mix"][-1]
        assert [f"{curve.ys[-1]:.0%}" for curve in final.curves] == [row[1] for row in final.table[1:]]
