"""Skewed in, skewed out: what the model fills in where a prompt leaves something open, beside its training mix."""

from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Final

import numpy as np

from tdiff.arrays import U8
from tdiff.evaluate.bias import (
    ATTRIBUTES,
    Attribute,
    Interval,
    Mix,
    Skew,
    change_of_share,
    mix,
    open_indices,
    skew,
    training_mix,
    values_of,
)
from tdiff.evaluate.bias_suite import GUIDANCES, NOUNS, open_prompt
from tdiff.evaluate.memorisation import training_picture
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.several import several
from tdiff.lessons.core.smaller import ON_SHEET, four_of
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.recipe import GUIDANCE_RANGE
from tdiff.share import share
from tdiff.views.figures import Pane
from tdiff.world.concepts import Concept, by_name

SAMPLES: Final = 64
STEPS: Final = 8
"""Of DDIM: enough for colour and place, and a picture takes a twentieth of a second."""
_PORTION = 8  # pictures made at once, so that a screen can look up in between
_BINS = 8  # values of a histogram; rarer ones are counted together


@dataclass(frozen=True, slots=True)
class SkewSettings:
    """What can be chosen.

    Attributes:
        noun: what is asked for, with no other word.
        attribute: what is counted: "colour", "position" or "style".
        guidance: w.
    """

    noun: str = NOUNS[0]
    attribute: Attribute = ATTRIBUTES[0]
    guidance: float = GUIDANCES[1]

    @property
    def prompt(self) -> str:
        """Such as "a heart in any style"."""
        return open_prompt(self.noun)

    @property
    def concept(self) -> Concept:
        return by_name()[self.noun]


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of a histogram: its share of the pictures made and of the training mix, each 0 … 1."""

    value: str
    made: float
    training: float


@dataclass(frozen=True, slots=True, eq=False)
class SkewState:
    """What was made so far.

    Attributes:
        settings: what was asked for and what is counted.
        pictures: (n, 32, 32, 3) uint8, n ≤ `SAMPLES`.
        wanted: how many there will be.
        training: the mix of the training scenes whose caption leaves the attribute open too.
        skew: made against training, with intervals; None before the first picture.
    """

    settings: SkewSettings
    pictures: U8
    wanted: int
    training: Mix
    skew: Skew | None

    @property
    def done(self) -> bool:
        """Whether all pictures are made."""
        return len(self.pictures) == self.wanted

    @property
    def text(self) -> str:
        chosen = self.settings
        return (
            f"“{chosen.prompt}” at guidance {chosen.guidance:g}: {len(self.pictures)} of {self.wanted} pictures made, "
            f"counted by {chosen.attribute}, beside {self.training.total:,} training pictures whose caption leaves it "
            "open too."
        )

    @property
    def limits(self) -> str:
        """What this does not show."""
        return "A toy shows that data and guidance skew, not which way a large model is skewed."

    def bars(self) -> tuple[Bar, ...]:
        """The histogram, commonest of the training mix first; the rarest values are one bar."""
        made: Mix | None = self.skew.made if self.skew is not None else None
        values = list(dict.fromkeys((*self.training.counts, *(made.counts if made is not None else ()))))
        bars = [Bar(value, made.share(value) if made else 0.0, self.training.share(value)) for value in values]
        shown, rest = bars[:_BINS], bars[_BINS:]
        if not rest:
            return tuple(shown)
        return (*shown, Bar("others", sum(bar.made for bar in rest), sum(bar.training for bar in rest)))

    def table(self) -> tuple[tuple[str, ...], ...]:
        """The histogram in figures; below it the commonest value's share with its 95 % interval."""
        rows = [(bar.value, f"{bar.training:.0%}", f"{bar.made:.0%}") for bar in self.bars()]
        if self.skew is not None:
            rows.append((f"{self.skew.top}, 95 % interval", "", interval_of_top(self.skew)))
        return ((self.settings.attribute, "trained", "made"), *rows)

    def panes(self) -> tuple[Pane, ...]:
        """Up to twelve of the pictures made, four to a pane, then four training scenes."""
        sheets = range(0, min(len(self.pictures), 3 * ON_SHEET) - ON_SHEET + 1, ON_SHEET)
        made = (
            Pane("made in this run", four_of(self.pictures[first:]), f"{first + 1} to {first + ON_SHEET}")
            for first in sheets
        )
        trained = open_scenes(self.settings.concept, self.settings.attribute)
        return (*made, Pane("trained on", four_of(trained), f"no {self.settings.attribute} said"))


class SkewLab:
    """Makes pictures portion by portion. `advance` belongs to one thread; `choose` may be called from any."""

    def __init__(self, pipeline: Pipeline, seed: int = 0, samples: int = SAMPLES) -> None:
        """Nothing is made yet.

        Args:
            pipeline: whose network paints.
            seed: of the first picture.
            samples: how many to make, a multiple of 8.

        Raises:
            LessonError: there cannot be as many.
        """
        if samples < _PORTION or samples % _PORTION:
            raise LessonError(
                f"pictures are made {_PORTION} at a time", remedy=f"ask for a multiple of {_PORTION}, not {samples}"
            )
        self._pipeline, self._seed, self._wanted = pipeline, seed, samples
        self._order = SkewSettings()
        self._made: tuple[SkewSettings, tuple[U8, ...]] = self._order, ()

    @property
    def settings(self) -> SkewSettings:
        """What was chosen last."""
        return self._order

    def choose(
        self, noun: str | None = None, attribute: Attribute | None = None, guidance: float | None = None
    ) -> None:
        """Change what is asked for or counted; counting something else keeps the pictures.

        Raises:
            LessonError: it is none of `NOUNS`, none of `ATTRIBUTES`, or no guidance.
        """
        if noun is not None and noun not in NOUNS:
            raise LessonError(f"there is no list for {noun!r}", remedy=f"choose one of {', '.join(NOUNS)}")
        if attribute is not None and attribute not in ATTRIBUTES:
            raise LessonError(f"{attribute!r} cannot be counted", remedy=f"choose one of {', '.join(ATTRIBUTES)}")
        low, high = GUIDANCE_RANGE
        if guidance is not None and not low <= guidance <= high:
            raise LessonError(f"guidance must be from {low:g} to {high:g}, not {guidance:g}")
        now = self._order
        self._order = SkewSettings(
            noun or now.noun, attribute or now.attribute, now.guidance if guidance is None else guidance
        )

    def next_noun(self) -> None:
        """Turn to the next noun."""
        self.choose(noun=NOUNS[(NOUNS.index(self._order.noun) + 1) % len(NOUNS)])

    def next_attribute(self) -> None:
        """Turn to the next attribute."""
        self.choose(attribute=ATTRIBUTES[(ATTRIBUTES.index(self._order.attribute) + 1) % len(ATTRIBUTES)])

    def next_guidance(self) -> None:
        """Turn to the next of guidance 1, 4 and 8."""
        self.choose(guidance=next((w for w in GUIDANCES if w > self._order.guidance), GUIDANCES[0]))

    def state(self) -> SkewState:
        """Return where things stand; the network is not asked."""
        return self._state(self._order, self._kept(self._order))

    def advance(self) -> SkewState:
        """Make eight more pictures, if some are missing: a third of a second, at guidance 1 half of that."""
        order = self._order
        kept = self._kept(order)
        if len(kept) * _PORTION < self._wanted:
            seed = self._seed + len(kept) * _PORTION
            trace = several(self._pipeline, [order.prompt] * _PORTION, seed, STEPS, order.guidance)
            kept = (*kept, to_pixels(trace.complete().final))
            self._made = order, kept
        return self._state(order, kept)

    def _kept(self, order: SkewSettings) -> tuple[U8, ...]:
        """Pictures made for the same prompt and guidance."""
        made_for, portions = self._made
        return portions if (made_for.noun, made_for.guidance) == (order.noun, order.guidance) else ()

    def _state(self, order: SkewSettings, portions: tuple[U8, ...]) -> SkewState:
        training = training_mix(order.concept, order.attribute)
        pictures = np.concatenate(portions) if portions else np.zeros((0, 32, 32, 3), np.uint8)
        found = skew_of(pictures, order.concept, order.attribute) if portions else None
        return SkewState(order, pictures, self._wanted, training, found)


def skew_of(pictures: U8, concept: Concept, attribute: Attribute) -> Skew:
    """Compare pictures (n, 32, 32, 3) of one thing with the training mix; the same pictures, the same intervals."""
    made = mix(values_of(pictures, attribute))
    return skew(made, training_mix(concept, attribute), np.random.default_rng(0))


def interval_of_top(found: Skew) -> str:
    """The 95 % interval of the commonest value's share, such as "28%–53%"; Wilson's, which holds near 100 % too."""
    counted = share(found.made.counts.get(found.top, 0), found.made.total)
    return f"{counted.low:.0%}–{counted.high:.0%}"


def change(before: Mix, after: Mix, value: str) -> Interval:
    """How much the share of a value differs between two mixes, with its 95 % interval."""
    return change_of_share(before, after, value, np.random.default_rng(0))


@cache
def open_scenes(concept: Concept, attribute: Attribute, count: int = ON_SHEET) -> U8:
    """Return the first training scenes of one such thing whose caption does not say it: (count, 32, 32, 3) uint8."""
    return np.stack([training_picture(index) for index in islice(open_indices(concept, attribute), count)])
