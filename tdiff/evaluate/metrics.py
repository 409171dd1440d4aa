"""Numbers over sets of pictures or features: intervals, diversity, naturalness."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tdiff.arrays import F32, Mask


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95 % interval.

    Attributes:
        value: the share, 0…1; NaN where nothing was counted.
        low, high: bounds of the interval.
        count: pictures it is over.
        prompts: prompts they belong to.
    """

    value: float
    low: float
    high: float
    count: int
    prompts: int


def rate(hits: Sequence[Sequence[bool]], draws: int = 2000, seed: int = 0) -> Rate:
    """Share of hits, with a bootstrap over prompts, since seeds of one prompt are not independent.

    Args:
        hits: for each prompt, whether each of its pictures fits.
        draws: bootstrap samples.
        seed: of the bootstrap.
    """
    kept = [np.asarray(group, float) for group in hits if len(group)]
    if not kept:
        return Rate(float("nan"), float("nan"), float("nan"), 0, 0)
    sums, sizes = np.array([g.sum() for g in kept]), np.array([len(g) for g in kept])
    rng = np.random.default_rng(seed)
    chosen = rng.integers(len(kept), size=(draws, len(kept)))
    samples = sums[chosen].sum(1) / sizes[chosen].sum(1)
    low, high = np.quantile(samples, (0.025, 0.975))
    return Rate(float(sums.sum() / sizes.sum()), float(low), float(high), int(sizes.sum()), len(kept))


def vendi(features: F32) -> float:
    """Vendi score (Friedman & Dieng 2023, eq. 3): the effective number of different items, 1 … n.

    Args:
        features: (n, d); the kernel is their cosine similarity.
    """
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    values = np.linalg.eigvalsh(unit.astype(np.float64) @ unit.T.astype(np.float64) / len(unit))
    values = values[values > 1e-12]
    return float(np.exp(-(values * np.log(values)).sum()))


def precision_recall(made: F32, real: F32, k: int = 3) -> tuple[float, float]:
    """k-nearest-neighbour precision and recall (Kynkäänniemi et al. 2019, eq. 1 and 2).

    Args:
        made: (n, d) features of generated pictures.
        real: (m, d) features of real ones.
        k: neighbours that span each sphere.

    Returns:
        Precision (how many made pictures look real) and recall (how many real ones could be made).
    """
    return float(covered(made, real, k).mean()), float(covered(real, made, k).mean())


def covered(points: F32, around: F32, k: int = 3) -> Mask:
    """Return which of (n, d) points are inside a sphere of any of (m, d) others that reaches to its k-th neighbour."""
    among = np.sqrt(_squared(around, around))
    radius = np.partition(among, k, axis=1)[:, k]  # place 0 is the point itself
    return np.asarray((np.sqrt(_squared(points, around)) <= radius).any(axis=1), np.bool_)


def _squared(a: F32, b: F32) -> F32:
    """Squared distances (n, m)."""
    result: F32 = np.maximum((a * a).sum(1)[:, None] + (b * b).sum(1) - 2 * a @ b.T, 0)
    return result
