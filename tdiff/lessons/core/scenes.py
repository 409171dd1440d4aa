"""Real scenes of the world that experiments are made on."""

from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32
from tdiff.lessons.core.bench import Bench
from tdiff.pipeline import from_pixels
from tdiff.world.dataset import TRAIN_SIZE, example, offered_from

_ROOM = 4  # indices to find a scene in, since some are passed over
_UNSEEN = 1_000_000  # how far behind the training set unseen scenes are taken from


@dataclass(frozen=True, slots=True, eq=False)
class Scenes:
    """Some scenes.

    Attributes:
        captions: one each.
        pictures: (n, 32, 32, 3) float32 in [-1, 1].
    """

    captions: tuple[str, ...]
    pictures: F32


def training_scenes(bench: Bench, count: int) -> Scenes:
    """Scenes of the training set, from the one that the bench's seed numbers."""
    return _scenes(bench.recipe.seed % (TRAIN_SIZE - count * _ROOM), count)


def unseen_scenes(bench: Bench, count: int) -> Scenes:
    """Scenes of the same world that were never trained on."""
    return _scenes(TRAIN_SIZE + count * _ROOM * (bench.recipe.seed % _UNSEEN), count)


def _scenes(first: int, count: int) -> Scenes:
    indices = [offered_from(first)]
    while len(indices) < count:
        indices.append(offered_from(indices[-1] + 1))
    found = [example(index) for index in indices]
    return Scenes(tuple(scene.caption for scene in found), from_pixels(np.stack([scene.image for scene in found])))
