"""What the text–image pair calls a picture: a judge that looks at the picture alone, never at its prompt."""

from collections.abc import Sequence
from dataclasses import dataclass

from tdiff.arrays import F32
from tdiff.pipeline import Pipeline
from tdiff.world.concepts import offered


@dataclass(frozen=True, slots=True)
class Name:
    """What a picture is called.

    Attributes:
        noun: whose caption fits best.
        score: cosine similarity of that caption and the picture, -1 … 1.
    """

    noun: str
    score: float


def name_pictures(pipeline: Pipeline, pictures: F32) -> tuple[Name, ...]:
    """Name each picture by the best of the captions "a …" of every noun that prompts may use.

    Args:
        pipeline: whose pair judges.
        pictures: (B, 32, 32, 3); clipped, as they are shown.
    """
    nouns = [concept.name for concept in offered()]
    scores = pipeline.similarity([f"a {noun}" for noun in nouns], pictures.clip(-1, 1))  # (nouns, B)
    best = scores.argmax(axis=0)
    return tuple(Name(nouns[place], float(scores[place, column])) for column, place in enumerate(best))


def match(pipeline: Pipeline, prompt: str, pictures: F32) -> tuple[float, ...]:
    """Cosine similarity of a prompt with each picture (B, 32, 32, 3)."""
    return tuple(float(score) for score in pipeline.similarity([prompt], pictures.clip(-1, 1))[0])


def listed(nouns: Sequence[str]) -> str:
    """Return nouns as a sentence has them: "fish, fish, leaf and crab"."""
    return nouns[0] if len(nouns) == 1 else f"{', '.join(nouns[:-1])} and {nouns[-1]}"
