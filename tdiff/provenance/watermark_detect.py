"""Is a key's mark in a picture? A score, and how often chance alone would reach it.

A score is how well the noise found in the picture agrees with the key's pattern, divided by how well it would agree
with the pattern of a random key (root mean square). Since patterns are drawn as standard normals (`ring`) or fair
signs (`bits`), the scores of keys that are not in a picture are standard normal whatever the picture and the model,
so the p-value needs no training and no threshold fitted to this model.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion.errors import SettingError
from tdiff.diffusion.watermark_noise import (
    BITS,
    COLOURS,
    METHOD,
    METHODS,
    PATTERNS,
    ring_part,
    ring_pattern,
    sign_pattern,
)
from tdiff.pipeline import Pipeline
from tdiff.provenance.watermark_inversion import noise_of

FALSE_ALARMS: Final = 0.01
"""Share of unmarked pictures that reach the threshold of the published table."""
FOUND: Final = 0.001
"""A mark counts as found in a single picture where the p-value is below this. It is stricter than the table's: whoever
looks through a folder of a hundred pictures would else be told of a mark that is not there."""
COLOUR_WEIGHT: Final = np.array([1.0, 0.5, 0.5], np.float32)
"""Of brightness and the two colour axes in the score of `bits`: JPEG spares brightness most."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found of one key in one picture.

    Attributes:
        method: "ring" or "bits".
        key: id of the key.
        score: standard normal where the key is not in the picture, but for being the best of a few tries.
        p_value: how often a picture without this key scores as high, the number of tries counted in.
        mirrored: whether the mirror image scored best.
        pattern: which of the key's sets of signs scored best; None for `ring`.
        bits_read: how many of the 64 key bits a majority of their signs gives rightly; None for `ring`.
    """

    method: str
    key: str
    score: float
    p_value: float
    mirrored: bool
    pattern: int | None = None
    bits_read: int | None = None

    @property
    def found(self) -> bool:
        """Whether the p-value is below `FOUND`."""
        return self.p_value < FOUND

    @property
    def verdict(self) -> str:
        """One of "found", "unsure" (a p-value between `FOUND` and `FALSE_ALARMS`) and "not found"."""
        if self.found:
            return "found"
        return "unsure" if self.p_value < FALSE_ALARMS else "not found"


def detect(pipeline: Pipeline, pictures: F32, key: str, method: str = METHOD) -> list[Detection]:
    """Look for a key in pictures and in their mirror images.

    Args:
        pipeline: the model that they may be from.
        pictures: (n, 32, 32, 3) in [-1, 1].
        key: id of the key, 4 to 64 lower-case hex digits.
        method: "ring" or "bits".

    Raises:
        SettingError: the key or the method is not one.
    """
    return find(noise_of(pipeline, pictures), noise_of(pipeline, mirror(pictures)), key, method)


def find(noise: F32, mirrored: F32, key: str, method: str = METHOD) -> list[Detection]:
    """Look for a key in noise.

    Args:
        noise: (n, H, W, 3), as found in pictures.
        mirrored: the same for their mirror images.
        key: id of the key.
        method: "ring" or "bits".

    Raises:
        SettingError: the key or the method is not one.
    """
    tries = np.concatenate([scores(noise, key, method), scores(mirrored, key, method)], axis=1)
    patterns = tries.shape[1] // 2
    found = []
    for place, best in enumerate(tries.argmax(axis=1)):
        flipped, pattern = divmod(int(best), patterns)
        score = float(tries[place, best])
        p_value = chance(score, tries.shape[1])
        if method == "ring":
            found.append(Detection(method, key, score, p_value, bool(flipped)))
        else:
            read = _bits_read((mirrored if flipped else noise)[place], key, pattern)
            found.append(Detection(method, key, score, p_value, bool(flipped), pattern, read))
    return found


def scores(noise: F32, key: str, method: str = METHOD) -> F32:
    """Score noise, (n, H, W, 3), against each pattern of a key: (n, 1) for `ring` and (n, 16) for `bits`.

    Raises:
        SettingError: the key or the method is not one.
    """
    height, width = noise.shape[1:3]
    if method == "ring":
        weighed = ring_part(noise)
        patterns = ring_pattern(key, height, width)[None]
    elif method == "bits":
        weighed = noise @ COLOURS.T * COLOUR_WEIGHT
        patterns = np.stack([sign_pattern(key, number, height, width) for number in range(PATTERNS)])
    else:
        raise SettingError(f"a mark is one of {', '.join(METHODS)}, not {method!r}")
    flat = weighed.reshape(len(noise), -1)
    lengths = np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), np.float32(1e-6))
    result: F32 = flat @ patterns.reshape(len(patterns), -1).T / lengths
    return result


def chance(score: float, tries: int) -> float:
    """How often the best of so many independent standard normals is at least `score`."""
    tail = 0.5 * math.erfc(score / math.sqrt(2))
    return 1.0 if tail == 1 else -math.expm1(tries * math.log1p(-tail))


def mirror(pictures: F32) -> F32:
    """Left and right exchanged, (n, H, W, 3)."""
    return np.ascontiguousarray(pictures[:, :, ::-1])


def _bits_read(noise: F32, key: str, pattern: int) -> int:
    """How many key bits the weighed majority of their 48 numbers gives rightly."""
    agreement = (noise @ COLOURS.T * COLOUR_WEIGHT * sign_pattern(key, pattern, *noise.shape[:2])).reshape(-1)
    return int((agreement.reshape(-1, BITS).sum(axis=0) > 0).sum())
