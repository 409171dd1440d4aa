"""Ways to get back to the noise, compared: why the defaults of `watermark_inversion` are what they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tdiff.diffusion import correlation
from tdiff.diffusion.watermark_noise import DEFAULT_KEY, marked_start
from tdiff.pipeline import Pipeline, from_pixels, options_of
from tdiff.provenance.watermark_attacks import attacked
from tdiff.provenance.watermark_detect import find, mirror
from tdiff.provenance.watermark_inversion import BEGIN, STEPS, noise_of
from tdiff.provenance.watermark_measure import make
from tdiff.recipe import Recipe
from tdiff.share import Share, share

ATTACKS_TRIED: Final = ("none", "JPEG 75")


@dataclass(frozen=True, slots=True)
class Way:
    """How to invert, and how the pictures were sampled.

    Attributes:
        begin: time of the first point.
        steps: network calls.
        corrections: extra calls a step.
        clip: of sampling.
    """

    begin: float
    steps: int
    corrections: int = 0
    clip: bool = True


WAYS: Final = (
    Way(0.0, 20),
    Way(0.0, 50),
    Way(0.0, 20, corrections=1),
    Way(0.0, 20, clip=False),
    Way(0.1, STEPS),
    Way(BEGIN, STEPS),
    Way(BEGIN, 12),
    Way(BEGIN, STEPS, clip=False),
    Way(0.4, STEPS),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one way finds of the ring.

    Attributes:
        way: the settings.
        attack: what was done to the pictures before.
        correlation: of the noise found with the true noise, mean over pictures.
        least: the least of them.
        detected: share with a p-value below 1 %.
        median: score.
    """

    way: Way
    attack: str
    correlation: float
    least: float
    detected: Share
    median: float


def compare(pipeline: Pipeline, prompts: Sequence[str], key: str = DEFAULT_KEY) -> list[Outcome]:
    """Try each of `WAYS` on pictures marked with a ring, one for each prompt."""
    seeds = tuple(range(len(prompts)))
    start = marked_start(seeds, (key,) * len(seeds), "ring")
    assert start is not None  # there is a key
    made = {clip: make(pipeline, prompts, seeds, key, options_of(Recipe(clip=clip))) for clip in (True, False)}
    outcomes = []
    for way in WAYS:
        for attack in ATTACKS_TRIED:
            clean = from_pixels(attacked(made[way.clip], attack))
            settings = way.begin, way.steps, way.corrections
            noise, mirrored = noise_of(pipeline, clean, *settings), noise_of(pipeline, mirror(clean), *settings)
            found, related = find(noise, mirrored, key, "ring"), correlation(noise, start.x_t)
            hits = share(sum(each.found for each in found), len(found))
            median = float(np.median([each.score for each in found]))
            outcomes.append(Outcome(way, attack, float(related.mean()), float(related.min()), hits, median))
    return outcomes
