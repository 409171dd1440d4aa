"""Where every random number of a picture comes from.

Draw order: a seed is one stream, `Generator(PCG64(seed))`, of standard normals in float32, each draw one
(H, W, 3) array. Draw 0 is the starting noise; draw i + 1 is what an ancestral sampler adds at step i. The
order never depends on the batch: each picture has its own stream, so a batch of seeds 7…10 is the four
single runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion.errors import SettingError

Shape = tuple[int, int, int]
"""Height, width, channels of one picture."""


def generator(seed: int) -> np.random.Generator:
    """The stream of a seed.

    Args:
        seed: A whole number from 0 to 2^64 − 1.

    Raises:
        SettingError: If the seed is anything else.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**64:
        raise SettingError(f"a seed must be a whole number from 0 to 2^64 - 1, not {seed!r}")
    return np.random.Generator(np.random.PCG64(int(seed)))


def noise(seed: int, shape: Shape) -> F32:
    """The starting noise of a seed, (H, W, 3), standard normal."""
    return generator(seed).standard_normal(shape, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Blend:
    """How far all noise of a batch, the starting one and what steps add, lies on the way to that of other seeds."""

    seeds: tuple[int, ...]
    """One for each picture."""
    share: float
    """0 … 1 along the arc; 0 is the batch's own noise, 1 that of the other seeds."""


class NoiseStream:
    """The draws of a batch, each picture from the stream of its own seed, or on the way to another's."""

    def __init__(self, seeds: Sequence[int], shape: Shape, blend: Blend | None = None) -> None:
        """Start the streams.

        Args:
            seeds: One for each picture.
            shape: Of one picture.
            blend: Other seeds to mix in.

        Raises:
            SettingError: If a seed is not one.
        """
        self.seeds = tuple(seeds)
        self.shape = shape
        self._streams = [generator(seed) for seed in self.seeds]
        self._drawn = 0
        self._share = 0.0 if blend is None else blend.share
        self._other = None if blend is None else NoiseStream(blend.seeds, shape)

    def start(self) -> F32:
        """The starting noise, (B, H, W, 3)."""
        return self._draw(0)

    def of_step(self, index: int) -> F32:
        """The noise that step `index` may add, (B, H, W, 3); the same however much was drawn before."""
        return self._draw(index + 1)

    def _draw(self, number: int) -> F32:
        if number < self._drawn:
            self._streams, self._drawn = [generator(seed) for seed in self.seeds], 0
        for _ in range(number - self._drawn):
            for stream in self._streams:
                stream.standard_normal(self.shape, dtype=np.float32)
        self._drawn = number + 1
        own = np.stack([stream.standard_normal(self.shape, dtype=np.float32) for stream in self._streams])
        if self._other is None:
            return own
        pairs = zip(own, self._other._draw(number), strict=True)
        return np.stack([slerp(first, second, self._share) for first, second in pairs])


def slerp(first: F32, second: F32, fraction: float) -> F32:
    """A noise between two, along the arc (Shoemake 1985), so that it stays as long as noise must be.

    A straight blend of two independent noises has a standard deviation of 0.71 half way, which a network
    takes for a picture with less noise than it has.

    Args:
        first: A noise, of any shape.
        second: Another of the same shape.
        fraction: 0 gives the first, 1 the second.

    Raises:
        SettingError: If the shapes differ, one is all zero, or they are exact opposites and every arc is as
            good.
    """
    lengths = float(np.linalg.norm(first)) * float(np.linalg.norm(second))
    if first.shape != second.shape or lengths == 0 or not np.isfinite(lengths * fraction):
        raise SettingError("only two finite noises of one shape, neither of them zero, have a path between them")
    cosine = float(np.vdot(first.astype(np.float64), second.astype(np.float64))) / lengths
    angle = float(np.arccos(min(1.0, max(-1.0, cosine))))
    sine = float(np.sin(angle))
    if sine < 1e-6:
        if cosine < 0:
            raise SettingError("these two noises are exact opposites, so no path between them is the right one")
        return (1 - fraction) * first + fraction * second
    return float(np.sin((1 - fraction) * angle)) / sine * first + float(np.sin(fraction * angle)) / sine * second
