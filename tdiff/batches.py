"""Many recipes: which of them are made side by side, and how their pictures come back in order."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from tdiff.arrays import U8
from tdiff.recipe import Recipe

BATCH: Final = 16
"""Most pictures made side by side: more gain nothing."""


def shared(recipe: Recipe) -> tuple[object, ...]:
    """Return what recipes must have in common to be made side by side."""
    return recipe.steps, recipe.sampler, recipe.eta, recipe.clip, recipe.guidance_start


def batches(recipes: Sequence[Recipe], size: int = BATCH) -> list[list[int]]:
    """Put recipes together wherever what `shared` names agrees; one with switches or a start picture stays alone.

    Args:
        recipes: in any order.
        size: most recipes in a batch, at least 1.

    Returns:
        Their places in `recipes`, batch by batch; each place once.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, recipe in enumerate(recipes):
        alone = (place,) if recipe.switches or recipe.start else ()
        groups.setdefault((*shared(recipe), alone), []).append(place)
    return [places[first : first + size] for places in groups.values() for first in range(0, len(places), size)]


def in_order(made: Iterable[tuple[Sequence[int], U8]]) -> Iterator[U8]:
    """Hand out pictures in the order of their places, as many at a time as can be.

    Args:
        made: places and their pictures, (k, H, W, 3), in any order; all places from 0 on, each once.

    Yields:
        (k, H, W, 3): the pictures that come next, whenever there are any.
    """
    waiting: dict[int, U8] = {}
    first = 0
    for places, pictures in made:
        waiting.update(zip(places, pictures, strict=True))
        ready = []
        while first in waiting:
            ready.append(waiting.pop(first))
            first += 1
        if ready:
            yield np.stack(ready)
