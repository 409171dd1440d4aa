"""Single facts of a scene as bare captions: a noun, a colour, a background, a style.

Nobody captions pictures so, but negative prompts are written so. A network that was never told "red" alone has nothing
to push away from; and one that was told "dog" only for scenes of a single dog cannot take the dog away from beside a
cat. So most facts are said as a negative is read, "and dog": there is a dog, whatever else there may be.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tdiff.prompt.tokenizer import tokenize
from tdiff.world.concepts import STYLES, concepts
from tdiff.world.scenes import Scene

MOST: Final = 8
"""Facts of a scene: two nouns, two colours, two painted nouns, background, style."""
LENGTH: Final = 3
"""Tokens of a fact."""


def facts(scene: Scene) -> list[str]:
    """Return what is true of a scene, one bare phrase for each fact; none names two things."""
    nouns = [concepts()[item.sprite.concept].name for item in scene.objects]
    colours = [item.colour_term for item in scene.objects if item.colour_term is not None]
    bare = [f"{colour} color" if colour == "orange" else colour for colour in colours]  # the word alone is the fruit
    painted = [f"{item.colour_term} {noun}" for item, noun in zip(scene.objects, nouns, strict=True) if item.colour]
    grounds = [] if scene.ground is None else [f"{scene.ground} background"]
    return [*dict.fromkeys((*nouns, *bare, *painted)), *grounds, f"{STYLES[scene.style]} style"]


def fact_ids(scene: Scene) -> NDArray[np.uint16]:
    """Token ids of the facts, (8, 3), zero-padded; rows past the last fact repeat from the first."""
    found = [tokenize(fact).ids[:LENGTH] for fact in facts(scene)]
    ids = np.zeros((MOST, LENGTH), np.uint16)
    for row in range(MOST):
        each = found[row % len(found)]
        ids[row, : len(each)] = each
    return ids
