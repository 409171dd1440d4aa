"""Captions that say less than the scene's own, or too much."""

from itertools import pairwise

import numpy as np
import pytest

from tdiff.prompt.tokenizer import tokenize
from tdiff.prompt.vocabulary import colour_of, noun_of
from tdiff.train.stray import stray_caption
from tdiff.world.captions import caption, colourless_caption
from tdiff.world.concepts import by_name, concepts, held_out
from tdiff.world.dataset import described, offered_from
from tdiff.world.scenes import Scene


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return [described(index)[0] for index in range(600) if offered_from(index) == index]


def named(text: str) -> list[str]:
    """Nouns of a caption, in order."""
    return [noun for noun in map(noun_of, tokenize(text).ids) if noun is not None]


def test_a_stray_caption_names_the_thing_and_one_that_is_not_there(scenes: list[Scene]) -> None:
    rng = np.random.default_rng(1)
    single = [scene for scene in scenes if scene.kind == "single"]
    bare = 0  # one fact alone, as captions are now and then
    for scene in single:
        text = stray_caption(scene, rng)
        thing = concepts()[scene.objects[0].sprite.concept].name
        found = named(text)
        if len(found) < 2:
            bare += 1
            continue
        assert len(found) == 2 and thing in found and found[0] != found[1], text
    assert bare < 0.1 * len(single)


def test_a_stray_caption_never_names_a_held_out_pair(scenes: list[Scene]) -> None:
    rng = np.random.default_rng(2)
    for scene in (scene for scene in scenes if scene.kind == "single"):
        ids = tokenize(stray_caption(scene, rng)).ids
        for first, second in pairwise(ids):
            colour, noun = colour_of(first), noun_of(second)
            if colour is not None and noun is not None:
                assert not held_out(by_name()[noun], colour)


def test_scenes_of_several_things_keep_an_exact_caption(scenes: list[Scene]) -> None:
    scene = next(scene for scene in scenes if scene.kind == "pair")
    assert stray_caption(scene, np.random.default_rng(3)) == caption(scene, np.random.default_rng(3))


def test_a_colourless_caption_names_the_things_and_no_colour_but_the_grounds(scenes: list[Scene]) -> None:
    rng = np.random.default_rng(4)
    for scene in scenes:
        text = colourless_caption(scene, rng)
        if "lemon yellow" in text:  # "a boat with a lemon yellow background": a colour's name by chance
            continue
        assert set(named(text)) == {concepts()[item.sprite.concept].name for item in scene.objects}, text
        assert {colour_of(i) for i in tokenize(text).ids} <= {None, scene.ground}, text
