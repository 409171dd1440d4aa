"""The training set: fixed, finite, and rebuilt from nothing but an index."""

from dataclasses import dataclass
from typing import Final

from numpy.random import PCG64, Generator, SeedSequence

from tdiff.arrays import U8
from tdiff.world.captions import caption
from tdiff.world.concepts import concepts
from tdiff.world.scenes import Scene, compose, render

WORLD_VERSION: Final = 2
"""Raised whenever any scene or caption would come out differently."""

TRAIN_SIZE: Final = 400_000
"""Scenes 0 … TRAIN_SIZE-1 are the training set; every index beyond is held-out real data."""


@dataclass(frozen=True, slots=True)
class Example:
    """One scene with its caption and picture.

    Attributes:
        index: position in the (endless) sequence of scenes.
        scene: what it shows.
        caption: one true caption.
        image: (32, 32, 3) uint8.
    """

    index: int
    scene: Scene
    caption: str
    image: U8


def example(index: int) -> Example:
    """Return scene `index`, a pure function of the world version and the index.

    Raises:
        ValueError: the index is negative.
    """
    scene, rng = _scene(index)
    return Example(index, scene, caption(scene, rng), render(scene))


def described(index: int) -> tuple[Scene, str]:
    """Return scene and caption without painting the picture."""
    scene, rng = _scene(index)
    return scene, caption(scene, rng)


def offered_from(index: int, step: int = 1) -> int:
    """Return the first of the indices index, index + step, … whose scene shows nouns that prompts may use, no other."""
    while not all(concepts()[item.sprite.concept].offered for item in _scene(index)[0].objects):
        index += step
    return index


def draw_index(rng: Generator, first: int = 0, count: int = TRAIN_SIZE) -> int:
    """Draw one of the indices first … first+count-1 whose scene shows nouns that prompts may use, no other."""
    while True:
        index = first + int(rng.integers(count))
        if offered_from(index) == index:
            return index


def _scene(index: int) -> tuple[Scene, Generator]:
    if index < 0:
        raise ValueError(f"scene index must be 0 or more, not {index}")
    rng = Generator(PCG64(SeedSequence((WORLD_VERSION, index))))
    return compose(rng), rng
