"""The negative's slot: before, after and difference of one seed, under any guidance, on all steps or on half."""

from dataclasses import dataclass
from typing import Final, Literal

from tdiff.arrays import F32, Mask
from tdiff.lessons.core.changes import changed
from tdiff.lessons.core.measures import difference
from tdiff.lessons.core.rewording import effective, shortened
from tdiff.lessons.core.together import together
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.recipe import GUIDANCE_RANGE, Recipe, Switch
from tdiff.views.figures import Pane, difference_pixels

When = Literal["always", "early", "late"]

PROMPT: Final = "a heart"
NEGATIVE: Final = "red"
"""What the cards make: a heart is red where nothing is said of its colour."""
_FOREIGN: Final = ("a red heart", "a green tree")

WHEN: Final[tuple[When, ...]] = ("always", "early", "late")
"""On all steps, on the first half of them, on the second."""


@dataclass(frozen=True, slots=True, eq=False)
class NegativeState:
    """One seed without and with a negative; pictures are (32, 32, 3) in [-1, 1].

    Attributes:
        recipe: that of `after`.
        when: on which steps the negative was there.
        before: the picture without it.
        after: the picture with it.
        itself: the negative made as a prompt at w = 1, see `as_prompt`: what w = 0 paints.
    """

    recipe: Recipe
    when: When
    before: F32
    after: F32
    itself: F32

    @property
    def difference(self) -> float:
        """Mean absolute difference of before and after, 0 … 2."""
        return difference(self.before, self.after)

    @property
    def from_itself(self) -> float:
        """That of the picture made and of the negative itself."""
        return difference(self.itself, self.after)

    @property
    def changed(self) -> Mask:
        """Which pixels visibly differ, (32, 32)."""
        return changed(to_pixels(self.before), to_pixels(self.after))

    def panes(self) -> tuple[Pane, ...]:
        """Before, after, where they differ, and the negative painted as a prompt."""
        before, after = to_pixels(self.before), to_pixels(self.after)
        name = shortened(self.recipe.negative, 10)
        slot = "negative as a prompt" if name else "no prompt"
        return (
            Pane("no negative", before, f"w = {self.recipe.guidance:g}"),
            Pane(f"negative {name or 'nothing'}", after, f"{self.difference:.3f} apart"),
            Pane("difference", difference_pixels(before, after), f"{self.changed.mean():.0%} of pixels"),
            Pane(slot, to_pixels(self.itself), f"{self.from_itself:.3f} off"),
        )


class NegativeSlot:
    """A prompt and a seed to try negatives on."""

    def __init__(self, pipeline: Pipeline, recipe: Recipe) -> None:
        """Make nothing yet.

        Args:
            pipeline: makes the pictures.
            recipe: prompt, seed, steps and sampler; from noise, without switches.
        """
        self._pipeline, self._recipe = pipeline, recipe

    def look(self, negative: str, guidance: float | None = None, when: When = "always") -> NegativeState:
        """Make the three pictures, in one batch.

        Args:
            negative: what to steer away from; "" for nothing.
            guidance: w, -2 … 15, beyond it the nearest; the recipe's by default.
            when: on which steps.
        """
        low, high = GUIDANCE_RANGE
        w = self._recipe.guidance if guidance is None else min(max(guidance, low), high)
        without = self._recipe.replace(negative="", guidance=w)
        chosen = timed(without, negative, when)
        itself = self._recipe.replace(prompt=as_prompt(negative), negative="", guidance=1.0)
        before, after, alone = together(self._pipeline, (without, chosen, itself)).complete().final.clip(-1, 1)
        return NegativeState(chosen.replace(negative=negative, switches=()), when, before, after, alone)


def timed(recipe: Recipe, negative: str, when: When) -> Recipe:
    """Return a recipe with a negative on all of its steps, or on one half of them."""
    half = recipe.steps // 2
    if when == "always" or half == 0:
        return recipe.replace(negative=negative, switches=())
    first, second = (negative, "") if when == "early" else ("", negative)
    return recipe.replace(negative=first, switches=(Switch(half, negative=second),))


def as_prompt(negative: str) -> str:
    """Return the prompt that asks for what a negative is read as: "and a dog", a picture with a dog in it."""
    return f"and {negative}" if negative else ""


def foreign_to(prompt: str) -> str:
    """Return a negative that names another thing than a prompt does."""
    named = {word.reads for word in effective(prompt)}
    return next((text for text in _FOREIGN if not named & set(text.split())), _FOREIGN[0])
