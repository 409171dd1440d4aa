"""What a mark survives, measured: marked against unmarked pictures, under each attack."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.diffusion import SamplerOptions, Trace, run_of
from tdiff.diffusion.watermark_noise import BITS, DEFAULT_KEY, METHODS, marked_start
from tdiff.pipeline import Pipeline, from_pixels, options_of, to_pixels
from tdiff.provenance.watermark_attacks import ATTACKS, attacked
from tdiff.provenance.watermark_detect import FALSE_ALARMS, Detection, find, mirror, scores
from tdiff.provenance.watermark_inversion import noise_of
from tdiff.recipe import Recipe
from tdiff.share import Share, share

DECOYS: Final = tuple(f"{number:04x}" for number in range(1, 41))
"""Keys that are in no picture: each gives every calibration picture another chance of a false alarm."""
SPREAD_PROMPTS: Final = ("a cat", "a red apple on a blue background")
BATCH: Final = 16


@dataclass(frozen=True, slots=True)
class Survival:
    """One method under one attack.

    Attributes:
        method: "ring" or "bits".
        attack: a name in `ATTACKS`.
        detected: marked pictures whose score reaches the threshold.
        false_alarms: unmarked pictures, attacked too, whose score does.
        median: score of the marked pictures.
        bits_read: mean share of the key bits that are read rightly; None for `ring`.
    """

    method: str
    attack: str
    detected: Share
    false_alarms: Share
    median: float
    bits_read: float | None


@dataclass(frozen=True, slots=True)
class Measured:
    """The whole table.

    Attributes:
        thresholds: for each method the score that 1 % of the calibration's scores reach.
        rows: a method and an attack each.
        spread: for each method, and "unmarked", how much pictures of one prompt with eight neighbouring seeds
            differ: mean absolute difference of their pixels, 0 … 255.
    """

    thresholds: dict[str, float]
    rows: tuple[Survival, ...]
    spread: dict[str, float]


def measure(
    pipeline: Pipeline,
    prompts: Sequence[str],
    key: str = DEFAULT_KEY,
    options: SamplerOptions | None = None,
    progress: Callable[[str], None] = lambda what: None,
) -> Measured:
    """Measure both methods with as many marked, unmarked and calibration pictures as there are prompts.

    The threshold of each method is fixed on the calibration pictures, which are neither marked nor tested, against
    keys other than `key`: 1 % of those scores reach it.

    Args:
        pipeline: the model.
        prompts: one for each picture.
        key: the one to hide.
        options: of sampling; the defaults of recipes where None.
        progress: told what begins.
    """
    n, options = len(prompts), options or options_of(Recipe())
    progress(f"{n} pictures to fix the thresholds")
    plain = make(pipeline, prompts, range(2 * n, 3 * n), None, options)
    noises = both_noises(pipeline, plain)
    thresholds = {method: _threshold(noises, method) for method in METHODS}

    progress(f"{n} unmarked pictures")
    plain = make(pipeline, prompts, range(n, 2 * n), None, options)
    alarms = {}
    for attack in ATTACKS:
        noises = both_noises(pipeline, attacked(plain, attack, seed=1))
        for method in METHODS:
            alarms[method, attack] = _reaching(find(*noises, key, method), thresholds[method])

    rows = []
    for method in METHODS:
        progress(f"{n} pictures with {method}")
        marked = make(pipeline, prompts, range(n), key, options, method)
        for attack in ATTACKS:
            found = find(*both_noises(pipeline, attacked(marked, attack, seed=0)), key, method)
            rows.append(_survival(found, attack, thresholds[method], alarms[method, attack]))
    progress("how much pictures of one prompt differ")
    return Measured(thresholds, tuple(rows), _spreads(pipeline, key, options))


def make(
    pipeline: Pipeline,
    prompts: Sequence[str],
    seeds: Sequence[int],
    key: str | None,
    options: SamplerOptions,
    method: str = "ring",
) -> U8:
    """Make one picture for each prompt and seed, marked where a key is given: (n, 32, 32, 3)."""
    made = []
    for first in range(0, len(prompts), BATCH):
        texts, numbers = prompts[first : first + BATCH], tuple(seeds[first : first + BATCH])
        conditions = pipeline.conditions(texts, [""] * len(texts))
        start = marked_start(numbers, (key,) * len(numbers), method)
        run = run_of(pipeline.denoiser, conditions, numbers, options, start)
        made.append(to_pixels(Trace(run).complete().final))
    return np.concatenate(made)


def both_noises(pipeline: Pipeline, pictures: U8) -> tuple[F32, F32]:
    """The noises of pictures, (n, 32, 32, 3) uint8, and of their mirror images."""
    clean = from_pixels(pictures)
    return noise_of(pipeline, clean), noise_of(pipeline, mirror(clean))


def _threshold(noises: tuple[F32, F32], method: str) -> float:
    """The score that a share of `FALSE_ALARMS` of pictures and keys reach, the best of all tries counted once."""
    best = [np.concatenate([scores(noise, key, method) for noise in noises], axis=1).max(axis=1) for key in DECOYS]
    return float(np.quantile(np.concatenate(best), 1 - FALSE_ALARMS))


def _reaching(found: Sequence[Detection], threshold: float) -> Share:
    return share(sum(each.score >= threshold for each in found), len(found))


def _survival(found: Sequence[Detection], attack: str, threshold: float, alarms: Share) -> Survival:
    median = float(np.median([each.score for each in found]))
    read = [each.bits_read / BITS for each in found if each.bits_read is not None]
    mean_read = float(np.mean(read)) if read else None
    return Survival(found[0].method, attack, _reaching(found, threshold), alarms, median, mean_read)


def _spreads(pipeline: Pipeline, key: str, options: SamplerOptions) -> dict[str, float]:
    kinds: dict[str, tuple[str | None, str]] = {"unmarked": (None, "ring")} | {name: (key, name) for name in METHODS}
    spreads = {}
    for name, (hidden, method) in kinds.items():
        sets = [make(pipeline, [text] * 8, range(8), hidden, options, method) for text in SPREAD_PROMPTS]
        spreads[name] = float(np.mean([_mean_difference(pictures) for pictures in sets]))
    return spreads


def _mean_difference(pictures: U8) -> float:
    """Mean absolute difference over all pairs."""
    values = pictures.astype(np.float32)
    return float(np.mean([np.abs(values[i] - values[j]).mean() for i in range(len(values)) for j in range(i)]))
