"""What a picture is called, and how well it fits a text: both are told by networks that look at the picture."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from tdiff.arrays import F32
from tdiff.evaluate.checker import Checker, Look, load_checker
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.world.concepts import concepts

NOTHING: Final = "nothing"
"""What a picture is called in which no thing is recognised."""


def name_pictures(pictures: F32, wanted: Sequence[str]) -> tuple[str, ...]:
    """Name what the checker, which looks at the picture and never at its prompt, recognises in each picture.

    The text–image pair is no such judge: it calls a blue frog a cat, as it knows frogs by their green.

    Args:
        pictures: (B, 32, 32, 3); clipped, as they are shown.
        wanted: for each the noun that was asked for. A picture with several things is called that if it has one
            such thing, else what is recognised most surely.
    """
    looks = _checker().look(to_pixels(pictures.clip(-1, 1)))
    return tuple(_name(look, noun) for look, noun in zip(looks, wanted, strict=True))


def _name(look: Look, wanted: str) -> str:
    nouns = [concepts()[seen.concept].name for seen in look.objects]
    return wanted if wanted in nouns else nouns[0] if nouns else NOTHING


@cache
def _checker() -> Checker:
    return load_checker()


def match(pipeline: Pipeline, prompt: str, pictures: F32) -> tuple[float, ...]:
    """Cosine similarity of a prompt with each picture (B, 32, 32, 3)."""
    return tuple(float(score) for score in pipeline.similarity([prompt], pictures.clip(-1, 1))[0])


def listed(nouns: Sequence[str]) -> str:
    """Return nouns as a sentence has them: "fish, fish, leaf and crab"."""
    return nouns[0] if len(nouns) == 1 else f"{', '.join(nouns[:-1])} and {nouns[-1]}"
