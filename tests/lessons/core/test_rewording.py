"""Prompts reworded, and pictures of several recipes made together."""

import numpy as np
import pytest

from tdiff.lessons.core.changes import changed, of_colour
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.rewording import choices, effective, find, read_as, swapped, usable
from tdiff.lessons.core.together import together
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.prompt.understand import understand
from tdiff.recipe import Recipe, Switch

FROG = Recipe(prompt="a blue frog on a yellow background", seed=7, steps=8)


class TestRewording:
    @pytest.mark.parametrize(
        ("prompt", "kind", "by", "becomes"),
        [
            ("a blue frog", "noun", "apple", "a blue apple"),
            ("A frog and a cat", "noun", "apple", "an apple and a cat"),
            ("an apple", "noun", "heart", "a heart"),
            ("an orange frog", "colour", "red", "a red frog"),
            ("two cats on a red background", "noun", "hearts", "two hearts on a red background"),
        ],
    )
    def test_a_word_is_swapped_and_its_article_set_right(self, prompt: str, kind: str, by: str, becomes: str) -> None:
        assert swapped(prompt, find(prompt, kind), by) == becomes

    def test_what_a_word_is_swapped_for_is_of_its_kind_and_new(self) -> None:
        prompt = "two cats and a red heart"
        cats, red = find(prompt, "noun"), find(prompt, "colour")
        assert "fish" in choices(prompt, cats)
        assert not {"cats", "hearts"} & set(choices(prompt, cats))
        assert "red" not in choices(prompt, red)
        assert choices(prompt, next(word for word in effective(prompt) if word.reads == "and")) == ()

    @pytest.mark.parametrize("prompt", ["a frog", "two cats", "a tree"])
    def test_another_word_for_the_same_has_the_same_tokens(self, prompt: str) -> None:
        noun = find(prompt, "noun")
        other = read_as(noun)
        assert other != noun.text
        assert understand(swapped(prompt, noun, other)).ids == understand(prompt).ids

    def test_a_prompt_that_lacks_the_word_gives_way_to_a_plain_one(self) -> None:
        assert usable("a frog", "colour", "noun")[1].text == "frog"
        prompt, word = usable("xylem", "colour")
        assert word.text in prompt
        assert prompt != "xylem"


class TestTogether:
    def test_each_picture_is_that_of_its_own_recipe(self, pipeline: Pipeline) -> None:
        recipes = [
            FROG,
            FROG.replace(prompt="a cat", guidance=1.0, seed=2),
            FROG.replace(negative="red", guidance=7.0),
            FROG.replace(switches=(Switch(3, prompt="a cat"), Switch(5, negative="red"))),
        ]
        made = to_pixels(together(pipeline, recipes).complete().final).astype(int)
        for picture, recipe in zip(made, recipes, strict=True):
            assert np.abs(picture - pipeline.generate(recipe)[0]).max() <= 1

    def test_recipes_of_different_length_are_refused(self, pipeline: Pipeline) -> None:
        with pytest.raises(LessonError, match="share steps"):
            together(pipeline, [FROG, FROG.replace(steps=9)])


def test_a_change_is_counted_from_a_tenth_of_the_range_on() -> None:
    before = np.full((2, 2, 3), 100, np.uint8)
    after = before.copy()
    after[0, 0, 1], after[1, 1, 2] = 125, 126
    assert changed(before, after).tolist() == [[False, False], [False, True]]


def test_a_pixel_has_the_colour_whose_term_is_nearest() -> None:
    pictures = np.array([[[(210, 50, 30), (40, 100, 220)]]], np.uint8)
    assert of_colour(pictures, "red").tolist() == [[[True, False]]]
    assert of_colour(pictures, "blue").tolist() == [[[False, True]]]
