"""Prompts and negatives that name no style are read with the usual one, and it is said."""

import pytest

from tdiff.prompt.explain import explain
from tdiff.prompt.tokenizer import Fate
from tdiff.prompt.understand import understand, understand_negative, understand_words
from tdiff.prompt.vocabulary import MAX_TOKENS, tokens
from tdiff.world.concepts import STYLES


def said(ids: tuple[int, ...]) -> list[str]:
    return [tokens()[token].rstrip("_") for token in ids]


class TestUsualStyle:
    @pytest.mark.parametrize("prompt", ["a frog", "two green frogs", "frog", "a puppy on a blue background"])
    def test_a_thing_without_a_style_is_flat(self, prompt: str) -> None:
        assert said(understand(prompt).ids) == [*said(understand_words(prompt).ids), "flat"]
        assert understand(prompt).ids == understand(f"{prompt} in flat style").ids

    @pytest.mark.parametrize("style", STYLES)
    def test_a_style_that_is_named_is_the_only_one(self, style: str) -> None:
        assert said(understand(f"a frog in {style} style").ids) == ["frog", style]

    @pytest.mark.parametrize("prompt", ["a frog in any style", "frog, any style", "Any Style frog"])
    def test_any_style_leaves_it_open(self, prompt: str) -> None:
        assert said(understand(prompt).ids) == ["frog"]
        assert explain(understand(prompt)) == []

    @pytest.mark.parametrize("prompt", ["", "green", "zorg", "three", "in any style"])
    def test_what_names_no_thing_gets_none(self, prompt: str) -> None:
        assert understand(prompt) == understand_words(prompt)

    def test_a_prompt_without_room_keeps_its_words(self) -> None:
        prompt = " ".join(["frog"] * MAX_TOKENS)
        assert said(understand(prompt).ids) == ["frog"] * MAX_TOKENS
        assert said(understand("frog " * (MAX_TOKENS - 1)).ids)[-1] == "flat"

    def test_it_is_said_and_has_the_place_of_its_token(self) -> None:
        found = understand("a frog!")
        usual = found.words[-1]
        assert (usual.text, usual.fate, usual.start, usual.end) == ("flat", Fate.USUAL, 7, 7)
        assert said(tuple(found.ids[place] for place in usual.tokens)) == ["flat"]
        assert explain(found) == ['no style named, so read as flat ("in any style" leaves it open)']


class TestNegatives:
    @pytest.mark.parametrize("text", ["green", "a dog", "dogs", "and a dog"])
    def test_a_negative_is_read_as_the_prompt_that_begins_with_and(self, text: str) -> None:
        found = understand_negative(text)
        assert said(found.ids)[0] == "and"
        assert said(found.ids)[-1] == "flat"
        assert found.ids == understand(f"and {text.removeprefix('and ')}").ids

    def test_a_negative_style_is_alone(self) -> None:
        assert said(understand_negative("3d").ids) == ["and", "3d"]

    @pytest.mark.parametrize("text", ["", "zorg"])
    def test_nothing_stays_nothing(self, text: str) -> None:
        assert not understand_negative(text).has_effect

    def test_words_keep_the_places_of_their_tokens(self) -> None:
        found = understand_negative("a green dog")
        for word in found.words:
            assert said(tuple(found.ids[place] for place in word.tokens)) in ([], [word.reads])
