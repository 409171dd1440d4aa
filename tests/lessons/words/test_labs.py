"""The labs on words."""

import numpy as np
import pytest

from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.words.swap_lab import WordSwap
from tdiff.lessons.words.words_lab import Words
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.recipe import Recipe
from tests.lessons.attentive import attentive_pipeline
from tests.lessons.showable import showable

FROG = Recipe(prompt="a blue frog on a yellow background", seed=7, steps=8)


class TestWords:
    def test_a_word_left_out_is_the_prompt_without_it(self, pipeline: Pipeline) -> None:
        words = Words(pipeline, FROG)
        state = words.at(2)
        assert [m.word.text for m in state.maps] == ["blue", "frog", "on", "yellow", "background", "flat"]
        alone = Words(pipeline, FROG.replace(prompt="a frog on a yellow background")).at(0)
        first = words.at(0)
        # The same x_t at step 0, so the guess without "blue" is that of the prompt that never had it.
        np.testing.assert_allclose(first.maps[0].without, alone.guess, atol=1e-4)
        np.testing.assert_allclose(first.maps[0].left_out, np.abs(alone.guess - first.guess).mean(axis=-1), atol=1e-4)

    def test_attention_is_shared_out_among_the_words(self, pipeline: Pipeline) -> None:
        state = Words(pipeline, FROG).at(2)
        total = np.sum([m.looked_at for m in state.maps], axis=0)
        np.testing.assert_allclose(total, 1, atol=1e-4)
        assert all(m.looked_at.shape == (32, 32) for m in state.maps)
        assert sum(m.attention for m in state.maps) == pytest.approx(1, abs=1e-4)

    def test_a_step_is_asked_about_once_whatever_word_is_chosen(self) -> None:
        fake, model = attentive_pipeline()
        words = Words(fake, FROG)
        assert model.calls == []
        words.at(3)
        asked = len(model.calls)
        chosen = [words.at(3, place).chosen for place in range(7)]
        assert len(model.calls) == asked
        assert chosen == [0, 1, 2, 3, 4, 5, 0]
        words.at(1)
        assert len(model.calls) == asked + 1  # an earlier step is kept, only its words are new

    def test_where_no_word_is_heard_the_maps_have_nothing_in_common(self) -> None:
        fake, _ = attentive_pipeline()
        state = Words(fake, FROG).at(2)
        assert all(m.effect < 1e-5 and m.agreement == 0 for m in state.maps)

    def test_it_can_be_shown_with_the_maps_over_the_picture(self, pipeline: Pipeline) -> None:
        state = Words(pipeline, FROG).at(3, 1)
        assert showable(state.panes(), most=4)
        assert "frog" in state.panes()[1].title
        veiled = state.panes(over=True)[2].picture.astype(int)
        assert (veiled <= to_pixels(state.guess)).all()
        assert (veiled != state.panes()[2].picture).any()
        assert len(state.table()) == 7

    def test_without_a_word_there_is_nothing_to_ask(self, pipeline: Pipeline) -> None:
        for lab in (Words, WordSwap):
            with pytest.raises(LessonError, match="no word of this prompt"):
                lab(pipeline, Recipe(prompt="xylem"))


class TestWordSwap:
    def test_before_and_after_are_the_pictures_of_both_prompts(self, pipeline: Pipeline) -> None:
        swap = WordSwap(pipeline, FROG)
        assert swap.choices(2) == ()  # "on"
        by = swap.choices(0)[0]
        state = swap.swap(0, by)
        assert state.other == f"a {by} frog on a yellow background"
        made = [pipeline.generate(FROG.replace(prompt=text))[0] for text in (FROG.prompt, state.other)]
        for shown, picture in zip((state.before, state.after), made, strict=True):
            assert np.abs(to_pixels(shown).astype(int) - picture).max() <= 1
        assert 0 < state.changed.mean() < 1
        assert showable(state.panes(), most=4)

    def test_a_word_can_be_left_out_of_the_whole_run(self) -> None:
        fake, _ = attentive_pipeline()
        state = WordSwap(fake, FROG).leave_out(0)
        assert state.other == "a … frog on a yellow background"
        assert state.difference == 0
