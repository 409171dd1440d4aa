"""How the shipped model's training chooses what to ask next: scene, caption, noise level, noise."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from tdiff.arrays import F32, F64
from tdiff.diffusion import Level, alpha_sigma
from tdiff.diffusion.run import PICTURE
from tdiff.pipeline import from_pixels
from tdiff.world.dataset import draw_index, example

BLANKED: Final = 0.1
"""Share of captions that are taken away, so that the network also learns to do without (Ho & Salimans 2022)."""
_GAMMA = 5.0  # as in min-SNR-5, Hang et al. 2023
_FLOOR = 0.1
_CELLS = 4096


@dataclass(frozen=True, slots=True, eq=False)
class TrainingExample:
    """One exercise for the network.

    Attributes:
        index: of the training scene.
        caption: that belongs to the scene.
        given: what the network is told: the caption, or "" where it was blanked.
        level: time, α and σ.
        weight: what its squared error is multiplied by; 1 on average.
        picture: x_0, (32, 32, 3).
        noise: ε, (32, 32, 3).
        mixture: x_t = α·x_0 + σ·ε.
    """

    index: int
    caption: str
    given: str
    level: Level
    weight: float
    picture: F32
    noise: F32
    mixture: F32

    @property
    def blanked(self) -> bool:
        """Whether the caption was taken away."""
        return not self.given

    @property
    def target(self) -> F32:
        """What the network should say: v = α·ε − σ·x_0."""
        return self.level.alpha * self.noise - self.level.sigma * self.picture


def draw_example(rng: np.random.Generator) -> TrainingExample:
    """Draw an exercise. Draw order: scene, whether its caption is blanked, noise level, noise."""
    scene = example(draw_index(rng))
    given = "" if rng.random() < BLANKED else scene.caption
    t = float(draw_times(rng, 1)[0])
    level = Level(t, *alpha_sigma(t))
    x0, eps = from_pixels(scene.image), rng.standard_normal(PICTURE, dtype=np.float32)
    mixture = (level.alpha * x0 + level.sigma * eps).astype(np.float32)
    return TrainingExample(scene.index, scene.caption, given, level, _left_to_apply(t), x0, eps, mixture)


def draw_times(rng: np.random.Generator, count: int) -> F64:
    """Draw times t in [0, 1], each on its own: half of the density is uniform, half follows the loss weight."""
    edges, cumulative, _ = _law()
    return np.interp(rng.random(count), cumulative, edges)


def loss_weight(t: F64) -> F64:
    """Weight of an error of v at times t: 5 / (SNR + 1), at least 0.1 and at most 1."""
    alpha, sigma = alpha_sigma(t)
    snr = (alpha / sigma) ** 2
    weights: F64 = (_GAMMA / (snr + 1)).clip(_FLOOR, 1)
    return weights


def _left_to_apply(t: float) -> float:
    """What of the weight the density of the draw has not taken care of."""
    relative = float(loss_weight(np.array([t]))[0]) / _law()[2]
    return relative / (0.5 + 0.5 * relative)


@cache
def _law() -> tuple[F64, F64, float]:
    """Edges of the cells of t, the share of draws below each, and the mean weight."""
    weights = loss_weight((np.arange(_CELLS) + 0.5) / _CELLS)
    mean = float(weights.mean())
    density = 0.5 + 0.5 * weights / mean
    return np.linspace(0, 1, _CELLS + 1), np.concatenate([[0.0], density.cumsum() / density.sum()]), mean
