"""The lab on switching prompts."""

import numpy as np

from tdiff.diffusion.run import PICTURE
from tdiff.lessons.switching.switching_lab import SwitchStrip
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.recipe import Recipe, Switch
from tests.lessons.attentive import attentive_pipeline
from tests.lessons.showable import showable

FROG = Recipe(prompt="a blue frog on a yellow background", seed=7, steps=8)


class TestSwitchStrip:
    def test_its_ends_are_the_prompts_alone_and_each_place_a_switch(self, pipeline: Pipeline) -> None:
        second = "a red frog on a yellow background"
        strip = SwitchStrip(pipeline, FROG, second).strip()
        assert strip.pictures.shape == (9, *PICTURE)
        wanted = {
            0: FROG.replace(prompt=second),
            3: FROG.replace(switches=(Switch(3, prompt=second),)),
            8: FROG,
        }
        for place, recipe in wanted.items():
            made = to_pixels(strip.pictures[place]).astype(int)
            assert np.abs(made - pipeline.generate(recipe)[0]).max() <= 1
        assert (strip.decided[0], strip.decided[-1]) == (0, 1)
        assert strip.half in range(1, 9)
        assert all(showable(strip.panes(k), most=4) for k in (-1, 0, 4, 8, 99))

    def test_where_no_prompt_is_heard_nothing_is_decided(self) -> None:
        fake, _ = attentive_pipeline()
        strip = SwitchStrip(fake, FROG, "a cat").strip()
        assert set(strip.decided) == {0.0}
        assert strip.half is None
