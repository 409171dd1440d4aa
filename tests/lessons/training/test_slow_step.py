"""A training step in slow motion, and how training draws its exercises."""

import numpy as np
import pytest

from tdiff.lessons.training.slow_step_lab import SlowStep
from tdiff.lessons.training.training_draws import BLANKED, draw_example, draw_times, loss_weight
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.world.dataset import TRAIN_SIZE, example
from tests.lessons.showable import showable
from tests.lessons.stored import stored_pipeline


class TestSlowStep:
    def test_it_says_which_network_each_part_is_of(self, pipeline: Pipeline) -> None:
        slow = SlowStep(pipeline, seed=7)
        state = slow.next()
        drawn = state.shipped.example
        assert state.shipped.error == pytest.approx(float(np.square(state.shipped.answers.v[0] - drawn.target).mean()))
        beats = state.beats()
        assert [beat.title for beat in beats if beat.title.startswith("tiny network")] == [
            "tiny network: the same",
            "tiny network: gradient",
            "tiny network: nudge",
        ]
        assert f"{state.tiny.squared_error_after:.4f}" in beats[-1].text
        assert showable(tuple(beat.pane for beat in beats if beat.pane is not None), most=9)
        assert len(state.panes()) == 4

    def test_the_tiny_network_learns_from_step_to_step(self) -> None:
        slow = SlowStep(stored_pipeline()[0])
        first = slow.next()
        slow.warm_up(60)
        later = [slow.next().tiny.squared_error for _ in range(5)]
        assert slow.tiny_steps == 66
        assert np.mean(later) < 0.5 * first.tiny.squared_error

    def test_a_blanked_caption_is_told(self) -> None:
        slow = SlowStep(stored_pipeline()[0])
        drawn = slow.draw()
        while not drawn.blanked:
            drawn = slow.draw()
        part = slow.ask(drawn)
        assert "blanked" in part.told
        assert drawn.caption
        told = slow.nudge(part).beats()[1]
        assert "blanked" in told.text


class TestTrainingDraws:
    def test_one_caption_in_ten_is_blanked(self) -> None:
        rng = np.random.Generator(np.random.PCG64(0))
        drawn = [draw_example(rng) for _ in range(300)]
        assert np.mean([each.blanked for each in drawn]) == pytest.approx(BLANKED, abs=0.05)
        assert all(each.index < TRAIN_SIZE for each in drawn)
        assert all((to_pixels(each.picture) == example(each.index).image).all() for each in drawn[:5])
        assert len({each.index for each in drawn}) > 290

    def test_levels_and_weights_are_those_of_the_real_training(self) -> None:
        torch = pytest.importorskip("torch")
        from tdiff.train.objective import LevelSampler, weight

        real, real_weights = LevelSampler().draw(2000, torch.Generator().manual_seed(0))
        ours = np.sort(draw_times(np.random.default_rng(1), 200_000))
        assert np.abs(np.quantile(ours, np.linspace(0, 1, 2000)) - np.sort(real.numpy())).max() < 0.01
        t = np.linspace(0, 1, 50)
        np.testing.assert_allclose(loss_weight(t), weight(torch.from_numpy(t)).numpy(), rtol=1e-3)
        assert float(real_weights.mean()) == pytest.approx(1, abs=0.1)
