"""What a learner plays with in lesson 2: the forward process, the guessing game, a step in slow motion."""

import numpy as np
import pytest

import tdiff
from tdiff.diffusion import SettingError, alpha_sigma, noise
from tdiff.diffusion.run import PICTURE
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.forward.forward_lab import Forward
from tdiff.lessons.training.guess_game_lab import GuessGame
from tdiff.lessons.training.slow_step_lab import SlowStep
from tdiff.lessons.training.training_draws import BLANKED, draw_example, draw_times, loss_weight
from tdiff.pipeline import Pipeline, from_pixels, to_pixels
from tdiff.views.figures import Pane
from tdiff.world.dataset import TRAIN_SIZE, example
from tests.lessons.stored import stored_pipeline


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return tdiff.load()


def showable(panes: tuple[Pane, ...]) -> bool:
    fits = [len(p.title) <= 24 and p.picture.shape == PICTURE and p.picture.dtype == np.uint8 for p in panes]
    return bool(panes) and all(fits)


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


class TestGuessGame:
    def test_the_same_seed_gives_the_same_rounds(self) -> None:
        fake, _ = stored_pipeline()
        first, second, other = GuessGame(fake, 5), GuessGame(fake, 5), GuessGame(fake, 6)
        first.next(), second.next(), other.next()
        assert (first.draw.mixture == second.draw.mixture).all()
        assert (first.draw.mixture != other.draw.mixture).any()

    def test_noises_and_pictures_take_turns_and_one_of_four_is_in_the_mixture(self) -> None:
        game = GuessGame(stored_pipeline()[0], 5)
        rights = set()
        for number in range(1, 13):
            draw = game.draw
            alpha, sigma = draw.level.alpha, draw.level.sigma
            assert (draw.kind, draw.number) == ("noise" if number % 2 else "picture", number)
            assert draw.candidates.shape == (4, *PICTURE)
            share = sigma if draw.kind == "noise" else alpha
            rest = np.abs(draw.mixture - share * draw.candidates).mean(axis=(1, 2, 3))
            assert rest.argmin() == draw.right
            assert showable(draw.panes())
            assert len(draw.panes()) == 5
            rights.add(draw.right)
            game.next()
        assert len(rights) > 1

    def test_both_scores_are_kept(self) -> None:
        fake, model = stored_pipeline()
        game = GuessGame(fake, 5)
        assert model.calls == []  # the learner thinks first
        right = game.draw.right
        verdict = game.answer(right)
        assert (verdict.score.you, verdict.score.answered, verdict.score.rounds) == (1, 1, 1)
        assert verdict.model == int(np.argmin(verdict.distances))
        wrong = (game.next().right + 1) % 4
        assert game.answer(wrong).score.you == 1
        game.next()
        passed = game.answer(None).score
        assert (passed.answered, passed.rounds) == (2, 3)

    def test_the_model_plays_better_than_chance(self, pipeline: Pipeline) -> None:
        game = GuessGame(pipeline, 1)
        for _ in range(12):
            verdict = game.answer(None)
            game.next()
        assert verdict.score.model >= 9
        assert showable(verdict.panes())

    def test_a_round_cannot_be_answered_twice_nor_with_a_fifth_candidate(self) -> None:
        game = GuessGame(stored_pipeline()[0])
        with pytest.raises(LessonError, match="4 candidates"):
            game.answer(4)
        game.answer(0)
        with pytest.raises(LessonError, match="is over"):
            game.answer(0)
        assert game.score.rounds == 1


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
        assert showable(tuple(beat.pane for beat in beats if beat.pane is not None))
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

        real, real_weights = LevelSampler().draw(2000, np.random.default_rng(0))
        ours = np.sort(draw_times(np.random.default_rng(1), 200_000))
        assert np.abs(np.quantile(ours, np.linspace(0, 1, 2000)) - real.numpy()).max() < 0.01
        t = np.linspace(0, 1, 50)
        np.testing.assert_allclose(loss_weight(t), weight(torch.from_numpy(t)).numpy(), rtol=1e-3)
        assert float(real_weights.mean()) == pytest.approx(1, abs=0.1)


def test_a_scene_of_the_forward_process_is_what_the_model_was_trained_on() -> None:
    forward = Forward.of_scene(11)
    assert (forward.picture == from_pixels(example(11).image)).all()
