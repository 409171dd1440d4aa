"""The matching game."""

import numpy as np
import pytest

from tdiff.diffusion.run import PICTURE
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.matching.matching_lab import MatchingGame
from tdiff.lessons.matching.matrix import matrix
from tdiff.pipeline import Pipeline, from_pixels
from tdiff.prompt.understand import understand
from tdiff.recipe import Recipe
from tests.lessons.showable import showable

FROG = Recipe(prompt="a blue frog on a yellow background", seed=7, steps=8)


class TestMatching:
    @pytest.mark.parametrize("kind", ["scenes", "twins"])
    def test_every_picture_has_one_caption_of_its_own(self, pipeline: Pipeline, kind: str) -> None:
        game = MatchingGame(pipeline, 3, (kind,))
        for _ in range(5):
            round_ = game.round
            assert sorted(round_.right) == [0, 1, 2, 3]
            assert len(set(round_.captions)) == 4
            assert showable(round_.panes(), most=4)
            game.next()

    def test_twins_have_the_same_words(self, pipeline: Pipeline) -> None:
        game = MatchingGame(pipeline, 3, ("twins",))
        for _ in range(5):
            bags = {tuple(sorted(understand(caption).ids)) for caption in game.round.captions}
            assert len(bags) == 1
            assert len({understand(caption).ids for caption in game.round.captions}) == 4
            game.next()

    def test_the_same_seed_gives_the_same_rounds(self, pipeline: Pipeline) -> None:
        first, second, other = (MatchingGame(pipeline, seed) for seed in (5, 5, 6))
        assert first.round.captions == second.round.captions != other.round.captions
        assert first.next().kind == "twins"
        assert (first.round.pictures == second.next().pictures).all()

    def test_captions_are_laid_and_moved_and_both_are_scored(self, pipeline: Pipeline) -> None:
        game = MatchingGame(pipeline, 5)
        right = game.round.right
        game.place(0, right[1])
        assert game.place(1, right[1]) == (None, right[1], None, None)
        assert game.place(0, right[0])[0] == right[0]
        verdict = game.check()
        assert (verdict.score.you, verdict.score.answered, verdict.score.pictures) == (2, 2, 4)
        assert verdict.score.pair == sum(verdict.pair_right)
        assert showable(verdict.panes(), most=4)
        with pytest.raises(LessonError, match="is over"):
            game.place(0, 0)
        with pytest.raises(LessonError, match="is over"):
            game.check()
        assert game.next().number == 2
        assert game.placed == (None,) * 4
        with pytest.raises(LessonError, match="4 pictures"):
            game.place(4, 0)

    def test_the_pair_sees_a_picture_from_anywhere(self, pipeline: Pipeline) -> None:
        brought = np.full((1, *PICTURE), (214, 40, 40), np.uint8)
        made = pipeline.generate(FROG)
        compared = matrix(pipeline, [FROG.prompt, "a red background", "xylem"], np.concatenate([made, brought]))
        assert compared.scores.shape == (3, 2)
        assert compared.best == (0, 1)
        expected = pipeline.similarity([FROG.prompt], from_pixels(made))[0, 0]
        assert compared.scores[0, 0] == pytest.approx(float(expected), abs=1e-5)
        assert compared.table()[1][1] == f"{1000 * expected:.0f}"

    def test_pictures_can_be_brought_to_a_round(self, pipeline: Pipeline) -> None:
        game = MatchingGame(pipeline, 5)
        compared = game.bring(pipeline.generate(FROG), [FROG.prompt])
        assert compared.scores.shape == (5, 5)
        assert compared.captions[-1] == FROG.prompt
        assert compared.best[4] == 4
        np.testing.assert_allclose(compared.scores[:4, :4], game.check().matrix.scores, atol=1e-5)
        assert all(sum(map(len, row)) + 2 * len(row) <= 44 for row in compared.table())

    @pytest.mark.parametrize(
        "pictures",
        [np.zeros((1, 16, 16, 3), np.uint8), np.zeros((1, *PICTURE), np.float32), np.zeros((0, *PICTURE), np.uint8)],
    )
    def test_what_is_no_picture_is_refused(self, pipeline: Pipeline, pictures: np.ndarray) -> None:
        with pytest.raises(LessonError):
            matrix(pipeline, ["a frog"], pictures)
