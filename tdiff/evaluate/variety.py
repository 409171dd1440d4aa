"""How different the pictures of one prompt are, beside how right and how natural they are.

Guidance buys the first two with the third, so its default is chosen by all of them together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from tdiff.arrays import F32, U8
from tdiff.evaluate.bias_suite import open_prompt
from tdiff.evaluate.checker import Checker, Look
from tdiff.evaluate.following import Generate
from tdiff.evaluate.judge import Thing, Want, fits
from tdiff.evaluate.metrics import vendi
from tdiff.evaluate.naturalness import natural
from tdiff.share import Share, share
from tdiff.world.captions import with_article
from tdiff.world.concepts import Concept
from tdiff.world.scenes import render, single_scene
from tdiff.world.sprites import shown
from tdiff.world.usual_style import USUAL_STYLE

SEEDS: Final = 10
"""Pictures of each prompt."""
STYLES_SHOWN: Final = 3
"""Drawing styles that a prompt in any style must show among them to count as open."""
_BESIDE: Final = 8  # other real scenes of each noun, which pictures must be as natural as
_DRAWS: Final = 2000  # of the bootstrap


@dataclass(frozen=True, slots=True)
class Variety:
    """Ten seeds of bare nouns, beside ten real scenes of each.

    Attributes:
        made, real: mean Vendi score: how many different pictures the ten are, in effect.
        ratio, low, high: made / real, with a 95 % bootstrap interval over nouns.
        right: pictures that show their noun and nothing else.
        natural, natural_real: share of patches that lie among those of other real scenes of these nouns.
        open: nouns whose ten pictures "in any style" show at least three of the five styles.
    """

    made: float
    real: float
    ratio: float
    low: float
    high: float
    right: Share
    natural: float
    natural_real: float
    open: Share


def measure_variety(
    generate: Generate,
    checker: Checker,
    features: Callable[[U8], F32],
    nouns: Sequence[Concept],
    open_nouns: Sequence[Concept],
) -> Variety:
    """Make ten pictures of each noun alone, and ten of each in any style.

    Args:
        generate: makes the pictures.
        checker: says what they show.
        features: pictures (n, 32, 32, 3) → (n, d); their cosine similarities tell how different pictures are.
        nouns: asked for alone, in the usual style.
        open_nouns: asked for in any style.
    """
    rng = np.random.default_rng(0)
    made = _pictures(generate, [with_article(noun.name) for noun in nouns])
    real, beside = (np.concatenate([real_scenes(noun, count, rng) for noun in nouns]) for count in (SEEDS, _BESIDE))
    scores, real_scores = (
        np.array([vendi(each) for each in np.split(features(pictures), len(nouns))]) for pictures in (made, real)
    )
    chosen = rng.integers(len(nouns), size=(_DRAWS, len(nouns)))
    low, high = np.quantile(scores[chosen].mean(axis=1) / real_scores[chosen].mean(axis=1), (0.025, 0.975))
    looks = checker.look(made)
    right = [
        fits(Want((Thing(noun.id),)), looks[place * SEEDS + k])
        for place, noun in enumerate(nouns)
        for k in range(SEEDS)
    ]
    styles = _styles(checker.look(_pictures(generate, [open_prompt(noun.name) for noun in open_nouns])))
    enough = [len(seen) >= STYLES_SHOWN for seen in styles]
    return Variety(
        made=float(scores.mean()),
        real=float(real_scores.mean()),
        ratio=float(scores.mean() / real_scores.mean()),
        low=float(low),
        high=float(high),
        right=share(sum(right), len(right)),
        natural=natural(_floats(made), _floats(beside)),
        natural_real=natural(_floats(real), _floats(beside)),
        open=share(sum(enough), len(enough)),
    )


def real_scenes(noun: Concept, count: int, rng: Generator) -> U8:
    """Paint scenes of one thing as the world does, in the usual style and its own colours: (count, 32, 32, 3) uint8."""
    drawings = shown()[noun.id]
    sprite = drawings[USUAL_STYLE] if USUAL_STYLE in drawings else next(iter(drawings.values()))
    return np.stack([render(single_scene(rng, sprite, None)) for _ in range(count)])


def variety_lines(variety: Variety) -> list[str]:
    """Return a plain table."""
    right = variety.right
    return [
        f"variety: {SEEDS} seeds of each bare noun beside as many real scenes",
        f"  {'different in effect (Vendi)':<34}{variety.made:6.2f}   real scenes {variety.real:.2f}",
        f"  {'ratio of the two':<34}{variety.ratio:6.2f}   {variety.low:.2f} to {variety.high:.2f}",
        f"  {'right':<34}{right.value:6.2f}   {right.low:.2f} to {right.high:.2f} of {right.count}",
        f"  {'natural patches':<34}{variety.natural:6.2f}   real scenes {variety.natural_real:.2f}",
        f"  {f'in any style, {STYLES_SHOWN} styles or more':<34}{variety.open.hits:>3} of {variety.open.count} nouns",
    ]


def _pictures(generate: Generate, prompts: Sequence[str]) -> U8:
    """Ten pictures of each prompt, each with a seed of its own."""
    asked = [prompt for prompt in prompts for _ in range(SEEDS)]
    return generate(asked, [""] * len(asked), list(range(len(asked))))


def _styles(looks: Sequence[Look]) -> list[set[int]]:
    """The styles of the largest things that each prompt's pictures show."""
    seen = [max(look.objects, key=lambda thing: thing.side).style if look.objects else None for look in looks]
    groups = [seen[first : first + SEEDS] for first in range(0, len(seen), SEEDS)]
    return [{style for style in group if style is not None} for group in groups]


def _floats(pictures: U8) -> F32:
    return pictures.astype(np.float32) / np.float32(127.5) - 1
