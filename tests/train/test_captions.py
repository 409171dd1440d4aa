"""Captions that say less than the scene's own."""

import numpy as np
import pytest

from tdiff.prompt.tokenizer import tokenize
from tdiff.prompt.vocabulary import colour_of, noun_of
from tdiff.world.captions import colourless_caption
from tdiff.world.concepts import concepts
from tdiff.world.dataset import described, offered_from
from tdiff.world.scenes import Scene


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return [described(index)[0] for index in range(600) if offered_from(index) == index]


def named(text: str) -> list[str]:
    """Nouns of a caption, in order."""
    return [noun for noun in map(noun_of, tokenize(text).ids) if noun is not None]


def test_a_colourless_caption_names_the_things_and_no_colour_but_the_grounds(scenes: list[Scene]) -> None:
    rng = np.random.default_rng(4)
    for scene in scenes:
        text = colourless_caption(scene, rng)
        if "lemon yellow" in text:  # "a boat with a lemon yellow background": a colour's name by chance
            continue
        assert set(named(text)) == {concepts()[item.sprite.concept].name for item in scene.objects}, text
        assert {colour_of(i) for i in tokenize(text).ids} <= {None, scene.ground}, text
