"""The lab on negatives."""

import numpy as np

from tdiff.lessons.negatives.negative_lab import NegativeSlot
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.recipe import Recipe, Switch
from tests.lessons.attentive import attentive_pipeline
from tests.lessons.showable import showable

FROG = Recipe(prompt="a blue frog on a yellow background", seed=7, steps=8)


class TestNegativeSlot:
    def test_it_is_inert_at_1_and_paints_itself_at_0(self, pipeline: Pipeline) -> None:
        slot = NegativeSlot(pipeline, Recipe(prompt="a red apple", seed=3, steps=8))
        assert slot.look("a blue fish", 1.0).difference < 1e-4
        assert slot.look("a blue fish", 0.0).from_itself < 1e-4
        full = slot.look("a blue fish", 4.0)
        assert full.difference > 0.01
        assert full.changed.any()
        assert showable(full.panes(), most=4)

    def test_half_of_the_steps_is_the_recipe_with_a_switch(self, pipeline: Pipeline) -> None:
        recipe = Recipe(prompt="a heart", seed=3, steps=8)
        slot = NegativeSlot(pipeline, recipe)
        switched = {
            "always": recipe.replace(negative="red"),
            "early": recipe.replace(negative="red", switches=(Switch(4, negative=""),)),
            "late": recipe.replace(switches=(Switch(4, negative="red"),)),
        }
        for when, wanted in switched.items():
            made = to_pixels(slot.look("red", when=when).after).astype(int)
            assert np.abs(made - pipeline.generate(wanted)[0]).max() <= 1

    def test_no_negative_changes_nothing(self) -> None:
        fake, _ = attentive_pipeline()
        assert NegativeSlot(fake, FROG).look("").difference == 0
