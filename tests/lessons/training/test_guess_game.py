"""The guessing game."""

import numpy as np
import pytest

from tdiff.diffusion.run import PICTURE
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.training.guess_game_lab import GuessGame
from tdiff.pipeline import Pipeline
from tests.lessons.showable import showable
from tests.lessons.stored import stored_pipeline


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
