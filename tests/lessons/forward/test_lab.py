"""The lab on adding noise."""

import numpy as np
import pytest

from tdiff.diffusion import SettingError, alpha_sigma, noise
from tdiff.diffusion.run import PICTURE
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.forward.forward_lab import Forward
from tdiff.pipeline import Pipeline, from_pixels, to_pixels
from tdiff.world.dataset import TRAIN_SIZE, example
from tests.lessons.showable import showable
from tests.lessons.stored import stored_pipeline


class TestForward:
    def test_a_level_is_one_jump_from_the_clean_picture(self) -> None:
        state = Forward.of_scene(7, seed=3).at(0.7)
        assert state.formula == "x_t = 0.71·x₀ + 0.70·ε"
        assert (to_pixels(state.x0) == example(7).image).all()
        assert (state.eps == noise(3, PICTURE)).all()
        np.testing.assert_allclose(state.x_t, state.alpha * state.x0 + state.sigma * state.eps, atol=1e-6)

    def test_the_noise_stays_while_the_level_moves(self) -> None:
        forward = Forward.of_scene(7, seed=3)
        assert (forward.at(0.2).eps == forward.at(0.9).eps).all()
        assert (forward.at(0.2).eps != forward.reseeded(4).at(0.2).eps).any()

    def test_the_ends_of_the_slider_are_those_of_the_schedule(self) -> None:
        forward = Forward.of_scene(7)
        assert forward.at(0).sigma == alpha_sigma(0.0)[1]
        assert forward.at(1).alpha == pytest.approx(0.02)
        with pytest.raises(SettingError, match="between 0 and 1"):
            forward.at(1.01)

    def test_the_model_is_asked_once_and_only_on_demand(self) -> None:
        fake, model = stored_pipeline()
        forward = Forward.of_scene(7)
        silent = forward.at(0.5)
        assert (silent.eps_hat, silent.difference, silent.error, model.calls) == (None, None, None, [])
        asked = forward.at(0.5, fake)
        assert len(model.calls) == 1
        np.testing.assert_allclose(asked.x0_hat, model.picture, atol=1e-5)

    def test_whoever_knows_the_picture_knows_the_noise(self) -> None:
        fake, model = stored_pipeline()
        state = Forward(model.picture).at(0.6, fake)
        assert state.error == pytest.approx(0, abs=1e-5)
        assert state.panes()[3].picture.max() == 0

    def test_the_model_tells_noise_from_picture(self, pipeline: Pipeline) -> None:
        state = Forward.of_scene(7).at(0.8, pipeline)
        assert state.error == pytest.approx(float(np.abs(state.eps_hat - state.eps).mean()), rel=1e-5)
        assert state.error < 0.3  # two noises are 1.13 apart
        assert showable(state.panes())

    def test_scenes_can_be_browsed_without_end(self) -> None:
        forward = Forward.of_scene(0, seed=5)
        assert forward.browse(-1).scene == TRAIN_SIZE - 1
        assert (forward.browse(3).scene, forward.browse(3).seed) == (3, 5)
        assert forward.browse(3).caption == example(3).caption

    def test_a_picture_of_ones_own_will_do(self) -> None:
        state = Forward(np.zeros(PICTURE, np.float32), seed=2).at(0.3)
        assert showable(state.panes())
        np.testing.assert_allclose(state.x_t, state.sigma * state.eps, atol=1e-6)

    @pytest.mark.parametrize(
        ("picture", "says"),
        [
            (np.zeros((16, 16, 3), np.float32), "resize"),
            (np.full(PICTURE, 3, np.float32), "scale"),
            (np.full(PICTURE, np.nan, np.float32), "scale"),
        ],
    )
    def test_what_is_no_picture_is_refused(self, picture: np.ndarray, says: str) -> None:
        with pytest.raises(LessonError, match=says):
            Forward(picture)


def test_a_scene_of_the_forward_process_is_what_the_model_was_trained_on() -> None:
    forward = Forward.of_scene(11)
    assert (forward.picture == from_pixels(example(11).image)).all()
