"""The search for copies."""

import pytest

from tdiff.evaluate.memorisation import training_picture
from tdiff.lessons.copies.copies_lab import KINDS, CopySearch
from tdiff.lessons.core.errors import LessonError
from tdiff.pipeline import Pipeline, from_pixels
from tdiff.recipe import SEED_RANGE
from tdiff.world.dataset import TRAIN_SIZE, described
from tests.lessons.showable import showable
from tests.lessons.stored import stored_pipeline


class TestCopySearch:
    def test_it_shows_five_neighbours_nearest_first(self, pipeline: Pipeline) -> None:
        state = CopySearch(pipeline, seed=3).next()
        assert showable(state.panes())
        assert len(state.panes()) == 6
        assert list(state.found.distances) == sorted(state.found.distances)
        assert state.captions[0] == described(int(state.found.indices[0]))[1]
        assert state.prompt in state.text
        assert state.trained_on is None

    def test_a_copy_is_found_at_distance_zero(self) -> None:
        fake, model = stored_pipeline()
        model.picture = from_pixels(training_picture(777))
        state = CopySearch(fake).next()
        assert (int(state.found.indices[0]), state.found.distance) == (777, 0)
        assert state.found.ratio == 0

    def test_a_pair_never_shown_says_what_was_counted(self, pipeline: Pipeline) -> None:
        search = CopySearch(pipeline)
        search.choose("a pair never shown")
        state = search.next()
        assert state.trained_on == 0
        assert "holds 0 pictures of that" in state.text

    def test_real_scenes_were_never_trained_on(self) -> None:
        search = CopySearch(stored_pipeline()[0], seed=5)
        search.choose("an unseen real scene")
        first, second = search.next(), search.next()
        assert TRAIN_SIZE + 5 < first.seed < second.seed
        assert first.panes()[0].title == "never trained on"

    def test_the_kinds_go_round(self) -> None:
        search = CopySearch(stored_pipeline()[0])
        seen = []
        for _ in range(4):
            seen.append(search.kind)
            search.next_kind()
        assert seen == [*KINDS, KINDS[0]]

    def test_what_cannot_be_is_refused(self) -> None:
        with pytest.raises(LessonError, match="seed"):
            CopySearch(stored_pipeline()[0], seed=SEED_RANGE[1] + 1)
        with pytest.raises(LessonError, match="one thing"):
            CopySearch(stored_pipeline()[0]).choose("a friend")
