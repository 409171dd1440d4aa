"""Is a picture a copy? Its nearest training pictures, searched among all of them, and whether one stands out.

A small distance alone proves little: in a small world a picture that nobody trained on has near neighbours too. So
the nearest training picture is compared with the fifty nearest, and both with the same of held-out real scenes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from tdiff.arrays import F64, I64, U8
from tdiff.evaluate.memorisation_codes import Codes, shipped_codes
from tdiff.evaluate.metrics import Rate, rate
from tdiff.world.dataset import TRAIN_SIZE, described, example
from tdiff.world.scenes import Scene, SceneKind, render

NEIGHBOURS: Final = 50
"""Training pictures in the denominator of the ratio, as many as Carlini et al. 2023 (arXiv 2301.13188) use."""
CANDIDATES: Final = 500
"""Scenes that are painted anew for each picture looked for."""
STANDS_OUT: Final = 0.05
"""Share of held-out real scenes that count as standing out: the false alarms that we allow."""


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """The training pictures nearest to a picture.

    Attributes:
        indices: (k,) of the nearest scenes, nearest first.
        distances: (k,) root mean squared difference of their pixels, 0 … 1.
        ratio: the nearest distance over the mean of the fifty nearest, 0 … 1: near 0 for a copy, near 1 where no
            training picture stands out. Carlini et al. (2023) multiply the denominator by 0.5 besides.
    """

    indices: I64
    distances: F64
    ratio: float

    @property
    def distance(self) -> float:
        """To the nearest training picture."""
        return float(self.distances[0])


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near made pictures come to the training set, beside held-out real scenes.

    Attributes:
        distance, control_distance: to the nearest training picture, median over pictures.
        ratio, control_ratio: nearest over the fifty nearest, median.
        line: the ratio that 5 % of the control stay below.
        below: share of made pictures whose ratio is below that line; about 5 % if they stand out no more than
            real scenes do.
        made, control: numbers of pictures.
    """

    distance: float
    control_distance: float
    ratio: float
    control_ratio: float
    line: float
    below: Rate
    made: int
    control: int


def neighbours(picture: U8, k: int = 5, codes: Codes | None = None, candidates: int = CANDIDATES) -> Neighbours:
    """Find the training pictures nearest to a picture, among all of them.

    Codes choose the candidates, which are painted anew and compared pixel by pixel: a quarter of a second.

    Args:
        picture: (32, 32, 3) uint8.
        k: how many to return, 1 … 50.
        codes: those that ship by default.
        candidates: how many are compared exactly, at least 50.
    """
    chosen = (shipped_codes() if codes is None else codes).candidates(picture, candidates)
    painted = np.stack([training_picture(int(index)) for index in chosen])
    distances = rms_distances(picture, painted)
    order = np.argsort(distances, kind="stable")
    nearest = order[: min(k, NEIGHBOURS)]
    return Neighbours(chosen[nearest], distances[nearest], distance_ratio(distances))


def rms_distances(picture: U8, others: U8) -> F64:
    """Root mean squared differences of a picture (H, W, 3) to others (n, H, W, 3), as shares of the full range."""
    apart = others.reshape(len(others), -1).astype(np.float64) - picture.reshape(-1)
    result: F64 = np.sqrt(np.square(apart).mean(axis=1)) / 255
    return result


def distance_ratio(distances: F64, k: int = NEIGHBOURS) -> float:
    """The least of (n,) distances over the mean of the k least; 0 where the least is 0."""
    nearest = np.sort(distances)[:k]
    return float(nearest[0] / max(nearest.mean(), 1e-12))


def nearness(made: Sequence[Neighbours], control: Sequence[Neighbours]) -> Nearness:
    """Compare made pictures with held-out real scenes; neither may be empty."""
    ratios, real = (np.array([each.ratio for each in group]) for group in (made, control))
    line = float(np.quantile(real, STANDS_OUT))
    return Nearness(
        distance=_median_distance(made),
        control_distance=_median_distance(control),
        ratio=float(np.median(ratios)),
        control_ratio=float(np.median(real)),
        line=line,
        below=rate([[bool(ratio < line)] for ratio in ratios]),
        made=len(made),
        control=len(control),
    )


def nearness_lines(near: Nearness) -> list[str]:
    """Return a plain table."""
    below = near.below
    return [
        f"nearest of {TRAIN_SIZE:,} training pictures, median        made  held-out real",
        f"  {'distance, 0 to 1':<44}{near.distance:6.3f}  {near.control_distance:6.3f}",
        f"  {'distance / mean of the 50 nearest':<44}{near.ratio:6.3f}  {near.control_ratio:6.3f}",
        f"  of {near.made} made pictures, {below.value:.2f} ({below.low:.2f} to {below.high:.2f}) stand out more than "
        f"19 in 20 of {near.control} held-out real ones do",
    ]


def held_out_neighbours(count: int, first: int = TRAIN_SIZE) -> Iterator[Neighbours]:
    """Look for the neighbours of real scenes that no training ever saw, one after the other: the control.

    Args:
        count: how many.
        first: index of the first of them.
    """
    for index in range(max(first, TRAIN_SIZE), max(first, TRAIN_SIZE) + count):
        yield _held_out(index)


def training_scenes(
    concept: int, kind: SceneKind | None = None, codes: Codes | None = None
) -> Iterator[tuple[int, Scene, str]]:
    """Return index, scene and caption of every training scene that shows a concept.

    Args:
        concept: concept id.
        kind: of the scene; any by default.
        codes: those that ship by default.
    """
    for index in (shipped_codes() if codes is None else codes).scenes_of(concept, kind):
        scene, caption = described(int(index))
        yield int(index), scene, caption


def pictures_of(concept: int, colour: str, codes: Codes | None = None) -> int:
    """Count the training scenes in which a thing of this concept has this colour, painted or its own.

    Nothing is taken from the rule of held-out pairs: every training scene of the concept is looked at.
    """
    return sum(
        any(item.sprite.concept == concept and item.colour_term == colour for item in scene.objects)
        for _, scene, _ in training_scenes(concept, codes=codes)
    )


@lru_cache(maxsize=8192)
def training_picture(index: int) -> U8:
    """Paint a scene, (32, 32, 3) uint8, read-only."""
    picture = render(described(index)[0])
    picture.flags.writeable = False
    return picture


@lru_cache(maxsize=1024)
def _held_out(index: int) -> Neighbours:
    return neighbours(example(index).image)


def _median_distance(group: Sequence[Neighbours]) -> float:
    return float(np.median([each.distance for each in group]))
