"""Skewed in, skewed out: what a model fills in where a prompt leaves something open, beside what it was shown.

The training mix is counted on the training scenes of one such thing whose caption leaves the attribute open too,
since those are what a bare prompt resembles. It differs from the mix of all scenes: what captions name is left out.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import Final, Literal, get_args

import numpy as np
from numpy.random import Generator

from tdiff.arrays import F64, U8
from tdiff.evaluate.bias_rules import NOTHING, colour_of, place_of
from tdiff.evaluate.checker import Checker, Look, load_checker
from tdiff.evaluate.memorisation import training_picture, training_scenes
from tdiff.evaluate.memorisation_codes import Codes
from tdiff.world.captions import plural
from tdiff.world.concepts import STYLES, Concept
from tdiff.world.palette import COLOURS
from tdiff.world.usual_style import stands_for_unsaid

Attribute = Literal["colour", "position", "style"]
ATTRIBUTES: Final[tuple[Attribute, ...]] = get_args(Attribute)
MOST_SCENES: Final = 400
"""Training scenes that a mix is counted on, where there are as many."""
_DRAWS = 2000  # of the bootstrap

_ANY_COLOUR = "|".join(COLOURS)
_GROUND = re.compile(
    rf"\b(?:on|with|against) (?:an? )?(?:{_ANY_COLOUR})\b(?: background)?|\b(?:{_ANY_COLOUR}) background\b"
)
_SAYS: Final[Mapping[Attribute, re.Pattern[str]]] = {
    "colour": re.compile(rf"\b(?:{_ANY_COLOUR})\b"),
    "position": re.compile(r"\b(?:left|right|top|bottom|upper|lower|middle|center|centre|corner)\b"),
    "style": re.compile(rf"\b(?:{'|'.join(STYLES)})\b"),
}


@dataclass(frozen=True, slots=True)
class Mix:
    """How often each value of an attribute occurs.

    Attributes:
        counts: value → pictures, the commonest first.
    """

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Pictures in all."""
        return sum(self.counts.values())

    @property
    def commonest(self) -> str:
        """The value that most pictures have."""
        return next(iter(self.counts))

    def share(self, value: str) -> float:
        """Share of the pictures that have this value, 0 … 1."""
        return self.counts.get(value, 0) / self.total


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Skew:
    """Made pictures against the training mix.

    Attributes:
        made: what the model filled in.
        training: what the training scenes with such open captions show.
        distance: total variation, 0 equal … 1 nothing in common.
        chance: distance that 95 of 100 draws of as many pictures from the training mix itself stay below; a
            smaller one is no sign of a difference.
        top: the commonest value of the training mix.
        share: how many of the made pictures have it.
    """

    made: Mix
    training: Mix
    distance: Interval
    chance: float
    top: str
    share: Interval

    @property
    def training_share(self) -> float:
        """How many of the training pictures have the commonest value."""
        return self.training.share(self.top)


def mix(values: Sequence[str]) -> Mix:
    """Count values; ties keep the order of first appearance.

    Raises:
        ValueError: there are none.
    """
    if not values:
        raise ValueError("a mix of no pictures has no shares")
    return Mix(dict(Counter(values).most_common()))


def total_variation(a: Mix, b: Mix) -> float:
    """Half the sum of the differences of all shares: 0 for equal mixes, 1 for mixes without a common value."""
    return sum(abs(a.share(value) - b.share(value)) for value in {*a.counts, *b.counts}) / 2


def skew(made: Mix, training: Mix, rng: Generator, draws: int = _DRAWS) -> Skew:
    """Compare two mixes, with intervals by drawing both anew.

    Args:
        made: of the model's pictures.
        training: of the training pictures.
        rng: for the bootstrap.
        draws: of it.
    """
    values = list(dict.fromkeys((*training.counts, *made.counts)))
    ours, theirs = (np.array([each.share(value) for value in values]) for each in (made, training))
    drawn = rng.multinomial(made.total, ours, draws) / made.total
    drawn_training = rng.multinomial(training.total, theirs, draws) / training.total
    by_chance = rng.multinomial(made.total, theirs, draws) / made.total
    top = values.index(training.commonest)
    return Skew(
        made=made,
        training=training,
        distance=_interval(total_variation(made, training), np.abs(drawn - drawn_training).sum(axis=1) / 2),
        chance=float(np.quantile(np.abs(by_chance - theirs).sum(axis=1) / 2, 0.95)),
        top=training.commonest,
        share=_interval(float(ours[top]), drawn[:, top]),
    )


def change_of_share(before: Mix, after: Mix, value: str, rng: Generator, draws: int = _DRAWS) -> Interval:
    """How much the share of a value grew from one set of pictures to another, with its bootstrap interval."""
    old, new = before.share(value), after.share(value)
    drawn = rng.binomial(after.total, new, draws) / after.total - rng.binomial(before.total, old, draws) / before.total
    return _interval(new - old, drawn)


def values_of(pictures: U8, attribute: Attribute) -> list[str]:
    """Say for each of (n, 32, 32, 3) pictures which value of an attribute its object has.

    Colour and place are read by plain rules. Style is what the checker sees in the largest object: drawings of one
    noun can differ in a gloss of a few pixels, which plain rules do not tell apart in pictures that are a little soft.
    """
    if attribute == "style":
        return [_style_seen(look) for look in _checker().look(pictures)]
    return [(colour_of if attribute == "colour" else place_of)(picture) for picture in pictures]


def _style_seen(look: Look) -> str:
    largest = max(look.objects, key=lambda seen: seen.side, default=None)
    return NOTHING if largest is None else STYLES[largest.style]


@cache
def _checker() -> Checker:
    return load_checker()


def training_mix(
    concept: Concept, attribute: Attribute, left_open: bool = True, codes: Codes | None = None, most: int = MOST_SCENES
) -> Mix:
    """Count an attribute over training scenes that show one object of a concept.

    Args:
        concept: which.
        attribute: "colour", "position" or "style".
        left_open: only scenes whose caption does not say it; off takes all.
        codes: those that ship by default.
        most: scenes at most, the first ones; scenes are drawn independently, so these are as good as any.
    """
    return _training_mix(concept, attribute, left_open, codes, most)


def leaves_open(caption: str, attribute: Attribute, concept: Concept) -> bool:
    """Whether a caption of a scene with one object does not say the attribute."""
    text = caption
    for name in sorted((concept.name, *concept.synonyms), key=len, reverse=True):
        text = re.sub(rf"\b(?:{re.escape(plural(name))}|{re.escape(name)})\b", " ", text)  # an orange is no colour
    if attribute == "colour":
        text = _GROUND.sub(" ", text)
    return _SAYS[attribute].search(text) is None


def open_indices(concept: Concept, attribute: Attribute, codes: Codes | None = None) -> Iterator[int]:
    """Return indices of training scenes of one such thing whose caption leaves the attribute open, and the style.

    The prompts leave the style open too, and training says most of those that captions leave out: such scenes do not
    count.
    """
    for index, scene, caption in training_scenes(concept.id, "single", codes):
        style_open = leaves_open(caption, "style", concept) and stands_for_unsaid(index, scene.style)
        if style_open and leaves_open(caption, attribute, concept):
            yield index


def _all_scenes(concept: Concept, codes: Codes | None) -> Iterator[int]:
    return (index for index, _, _ in training_scenes(concept.id, "single", codes))


@lru_cache(maxsize=64)
def _training_mix(concept: Concept, attribute: Attribute, left_open: bool, codes: Codes | None, most: int) -> Mix:
    indices = open_indices(concept, attribute, codes) if left_open else _all_scenes(concept, codes)
    pictures = [training_picture(index) for index in islice(indices, most)]
    return mix(values_of(np.stack(pictures), attribute) if pictures else [])


def _interval(value: float, drawn: F64) -> Interval:
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Interval(value, float(low), float(high))
