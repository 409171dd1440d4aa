"""The guidance dial."""

import numpy as np

from tdiff.lessons.guidance.guidance_lab import GuidanceDial
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.recipe import Recipe
from tests.lessons.attentive import attentive_pipeline
from tests.lessons.showable import showable

FROG = Recipe(prompt="a blue frog on a yellow background", seed=7, steps=8)


class TestGuidanceDial:
    def test_turning_it_asks_nothing_and_moving_it_asks_each_step_once(self) -> None:
        fake, model = attentive_pipeline()
        dial = GuidanceDial(fake, FROG)
        assert (model.calls, dial.predictions) == ([], 0)
        assert dial.at(2, 4.0).asked == 3
        states = [dial.at(2, w) for w in np.linspace(-2, 15, 35)]
        assert sum(state.asked for state in states) == 0
        assert dial.at(0, 1.0).asked == 0
        assert dial.at(3, 1.0).asked == 1
        assert (len(model.calls), dial.predictions) == (4, 8)

    def test_guided_is_exactly_linear_in_w(self, pipeline: Pipeline) -> None:
        dial = GuidanceDial(pipeline, FROG)
        zero, one = dial.at(1, 0.0).guided, dial.at(1, 1.0).guided
        for w in (-2.0, 0.5, 4.0, 15.0):
            guided = dial.at(1, w).guided
            np.testing.assert_allclose(guided.x0, zero.x0 + w * (one.x0 - zero.x0), atol=1e-4)
            np.testing.assert_allclose(guided.eps, zero.eps + w * (one.eps - zero.eps), atol=1e-4)
        assert np.abs(dial.at(1, 15.0).guided.x0).max() > 1  # not clipped: that would bend the line

    def test_its_ends_are_the_two_predictions(self, pipeline: Pipeline) -> None:
        state = GuidanceDial(pipeline, FROG.replace(guidance=3.0)).at(2, 0.0)
        assert (state.guided.x0 == state.unconditional.x0).all()
        trace = pipeline.trace(FROG.replace(guidance=3.0))
        for step in trace.play():
            if step.index == 2:
                break
        np.testing.assert_allclose(state.conditional.eps, step.eps_pos[0], atol=1e-5)
        np.testing.assert_allclose(state.unconditional.eps, step.eps_neg[0], atol=1e-5)

    def test_plain_runs_are_asked_once_a_step_and_guided_ones_twice(self) -> None:
        fake, _ = attentive_pipeline()
        dial = GuidanceDial(fake, FROG)
        dial.again(1.0).complete()
        assert dial.predictions == 8
        dial.again(4.0).complete()
        assert dial.predictions == 24

    def test_the_whole_run_again_is_the_recipes_picture(self, pipeline: Pipeline) -> None:
        made = to_pixels(GuidanceDial(pipeline, FROG).again(2.0).complete().final)[0].astype(int)
        assert np.abs(made - pipeline.generate(FROG.replace(guidance=2.0))[0]).max() <= 1

    def test_it_stays_within_its_range_and_can_be_shown(self, pipeline: Pipeline) -> None:
        dial = GuidanceDial(pipeline, FROG.replace(negative="red"))
        state = dial.at(99, 99.0)
        assert (state.step, state.guidance) == (7, 15.0)
        assert dial.at(-1, -9.0).guidance == -2.0
        assert showable(state.panes(), most=4)
        assert showable(state.panes("eps"), most=4)
        assert state.panes()[0].title.startswith("negative")
