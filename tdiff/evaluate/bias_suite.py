"""What the bias part of `tdiff eval` asks for: bare prompts at several guidances, beside the training mix."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from tdiff.arrays import U8
from tdiff.evaluate.bias import ATTRIBUTES, Skew, mix, skew, training_mix, values_of
from tdiff.prompt.vocabulary import ANY_STYLE
from tdiff.world.captions import with_article
from tdiff.world.concepts import by_name

NOUNS: Final = ("heart", "car", "fish", "house")
"""Asked for with no other word: colour, position and style are the model's to fill in."""
GUIDANCES: Final = (1.0, 4.0, 8.0)


def open_prompt(noun: str) -> str:
    """Return the prompt that names a noun and nothing else, not even the usual style: "a heart in any style"."""
    return f"{with_article(noun)} in {ANY_STYLE}"


def measure_skews(
    make: Callable[[str, int, float], U8],
    nouns: Sequence[str] = NOUNS,
    samples: int = 64,
    guidances: Sequence[float] = GUIDANCES,
) -> dict[str, Skew]:
    """Compare what a model fills in with what it was shown.

    Args:
        make: prompt, number of pictures and guidance → (n, 32, 32, 3) uint8.
        nouns: what is asked for.
        samples: pictures at each guidance.
        guidances: w.

    Returns:
        "a heart, colour, w = 4" → made mix against training mix.
    """
    rng, found = np.random.default_rng(0), {}
    for noun in nouns:
        concept, prompt = by_name()[noun], open_prompt(noun)
        for guidance in guidances:
            pictures = make(prompt, samples, guidance)
            for attribute in ATTRIBUTES:
                made = mix(values_of(pictures, attribute))
                found[f"{prompt}, {attribute}, w = {guidance:g}"] = skew(made, training_mix(concept, attribute), rng)
    return found


def skew_lines(skews: Mapping[str, Skew]) -> list[str]:
    """Return a plain table."""
    lines = ["bias: distance of the made mix from the training mix, and the share of its commonest value"]
    for name, each in skews.items():
        near, share = each.distance, each.share
        lines.append(
            f"  {name:<40}{near.value:.2f} ({near.low:.2f} to {near.high:.2f}; by chance below {each.chance:.2f})"
            f"  {each.top}: {each.training_share:.2f} → {share.value:.2f} ({share.low:.2f} to {share.high:.2f})"
        )
    return lines
