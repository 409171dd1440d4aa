"""One word swapped or left out, everything else as it was: the same seed, two pictures, and what differs."""

from dataclasses import dataclass
from typing import Final

from tdiff.arrays import F32, Mask
from tdiff.diffusion import Conditions, Trace, run_of
from tdiff.lessons.core.changes import changed
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.measures import difference
from tdiff.lessons.core.rewording import choices, effective, exchanged, ids_without, shortened, swapped
from tdiff.pipeline import Pipeline, options_of, to_pixels
from tdiff.prompt.tokenizer import Word
from tdiff.recipe import Recipe
from tdiff.views.figures import Pane, difference_pixels

EXCHANGE: Final = "⇄ "
"""What a choice begins with that exchanges two nouns."""
_NAME = 12  # characters of a noun


@dataclass(frozen=True, slots=True, eq=False)
class SwapState:
    """Two prompts of one seed; pictures are (32, 32, 3) in [-1, 1].

    Attributes:
        prompt: as it was.
        other: with a word swapped or left out.
        before, after: the pictures of both.
    """

    prompt: str
    other: str
    before: F32
    after: F32

    @property
    def difference(self) -> float:
        """Mean absolute difference of the two pictures, 0 … 2."""
        return difference(self.before, self.after)

    @property
    def changed(self) -> Mask:
        """Which pixels visibly differ, (32, 32)."""
        return changed(to_pixels(self.before), to_pixels(self.after))

    def panes(self) -> tuple[Pane, ...]:
        """Before, after, and where they differ."""
        before, after = to_pixels(self.before), to_pixels(self.after)
        return (
            Pane("before", before, shortened(self.prompt, 60)),
            Pane("after", after, shortened(self.other, 60)),
            Pane("difference", difference_pixels(before, after), f"{self.changed.mean():.0%} of pixels"),
        )


class WordSwap:
    """A prompt of which single words are changed."""

    def __init__(self, pipeline: Pipeline, recipe: Recipe) -> None:
        """Make nothing yet.

        Args:
            pipeline: makes the pictures.
            recipe: its prompt needs a word with an effect; it starts from noise.

        Raises:
            LessonError: no word has an effect.
        """
        self.words = effective(recipe.prompt)
        if not self.words:
            raise LessonError(
                "no word of this prompt has an effect, so none can be swapped", remedy="use one that is known"
            )
        self._pipeline, self._recipe = pipeline, recipe
        self._tokens = pipeline.tokens(recipe.prompt)
        self._made: dict[tuple[int, ...], F32] = {}

    def choices(self, place: int) -> tuple[str, ...]:
        """Return what word number `place` can be swapped for; none for words that are neither thing nor colour.

        Of two nouns each can also take the other's place: `EXCHANGE` and that other one.
        """
        prompt, word = self._recipe.prompt, self._word(place)
        found = exchanged(prompt, word)
        others = choices(prompt, word)
        return others if found is None else (f"{EXCHANGE}{shortened(found[1].text, _NAME)}", *others)

    def swap(self, place: int, by: str) -> SwapState:
        """Put another word in the place of one, and make the picture again from the same noise."""
        prompt, word = self._recipe.prompt, self._word(place)
        found = exchanged(prompt, word) if by.startswith(EXCHANGE) else None
        other = swapped(prompt, word, by) if found is None else found[0]
        return self._state(other, self._pipeline.tokens(other).ids)

    def leave_out(self, place: int) -> SwapState:
        """Leave a word out, and make the picture again from the same noise."""
        word = self._word(place)
        prompt = self._recipe.prompt
        other = f"{prompt[: word.start].rstrip()} … {prompt[word.end :].lstrip()}".strip()
        return self._state(other, ids_without(self._tokens, word))

    def _word(self, place: int) -> Word:
        return self.words[place % len(self.words)]

    def _state(self, other: str, ids: tuple[int, ...]) -> SwapState:
        return SwapState(self._recipe.prompt, other, self._picture(self._tokens.ids), self._picture(ids))

    def _picture(self, ids: tuple[int, ...]) -> F32:
        if ids not in self._made:
            self._made[ids] = self._trace(ids).complete().final[0].clip(-1, 1)
        return self._made[ids]

    def _trace(self, ids: tuple[int, ...]) -> Trace:
        recipe, pipeline = self._recipe, self._pipeline
        negative = pipeline.encode_negative(recipe.negative)
        options = options_of(recipe)
        conditions = Conditions.repeat(pipeline.encode(ids), negative)
        return Trace(run_of(pipeline.denoiser, conditions, recipe.seed, options))
