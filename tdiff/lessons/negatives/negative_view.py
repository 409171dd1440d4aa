"""The negative's slot: one seed with and without, under any w, on all steps or on half of them."""

from collections.abc import Iterator

from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import NO_COMMAND, as_figures, command_for, with_commands
from tdiff.lessons.core.recipe_view import RecipeView
from tdiff.lessons.core.rewording import COLOURS, find, heard, shortened
from tdiff.lessons.negatives.negative_lab import (
    NEGATIVE,
    PROMPT,
    WHEN,
    NegativeSlot,
    NegativeState,
    When,
    as_prompt,
    foreign_to,
    timed,
)
from tdiff.recipe import FIRST_SEED, GUIDANCE_RANGE, Recipe
from tdiff.views.figures import Figure
from tdiff.views.places import WORDS, Places
from tdiff.views.shown_command import ShownCommand

_NUDGE = 0.5
_FIRST_HALF = "first half"  # of the steps has the negative
_FOREIGN = "foreign"  # the negative names what the prompt does not
_ROWS = 4  # of what was tried
_NAMES = {"always": "all steps", "early": "the first half of the steps", "late": "the second half of the steps"}
_SHORT = {"always": "all steps", "early": "the first half", "late": "the second half"}

Wish = tuple[Recipe, When]


class NegativeView(RecipeView):
    """The scrubber says on which steps it is there. See `RecipeView` for the arguments."""

    starts = frozenset({_FIRST_HALF, _FOREIGN})
    title = "Hands on: the negative's slot"
    keys = (
        ("n", "negative"),
        ("enter", "suggests"),
        ("+ −", "w"),
        ("← → t", "which steps"),
        ("r", "seed"),
        ("l", "closes"),
    )

    def __init__(self, context: LabContext) -> None:
        self._when: When = "early" if context.start == _FIRST_HALF else "always"
        self._made: dict[Wish, NegativeState] = {}
        self._newest: NegativeState | None = None
        super().__init__(context)

    def begins_with(self, context: LabContext) -> Recipe:
        """What the card makes, with the seed that it shows or one to begin with, unless the bench has a negative."""
        recipe = super().begins_with(context)
        if recipe.negative.strip():
            return recipe
        if context.start == _FOREIGN:
            return recipe.replace(negative=foreign_to(heard(recipe.prompt)))
        return recipe.replace(prompt=PROMPT, negative=NEGATIVE, seed=int(context.found.get("seed", FIRST_SEED)))

    def change(self, recipe: Recipe) -> None:
        """Another prompt, negative, guidance or seed."""
        self.recipe = recipe

    def wish(self) -> Wish | None:
        """Its pictures."""
        return None if self._key in self._made else self._key

    def fulfil(self, wish: Wish) -> Iterator[NegativeState]:
        """Make them."""
        recipe, when = wish
        yield NegativeSlot(self._pipeline, recipe.replace(negative="")).look(recipe.negative, recipe.guidance, when)

    def take(self, state: NegativeState) -> None:
        """Keep them."""
        self._made[self._key] = self._newest = state

    def figures(self) -> tuple[Figure, ...]:
        """Without, with, where they differ, and the negative as a prompt; the last ones while others are made."""
        state = self._made.get(self._key, self._newest)
        if state is None:
            return tuple(Figure(title, None) for title in ("no negative", "with it", "difference", "as a prompt"))
        return with_commands(as_figures(state.panes()), self._commands)

    def text(self) -> str:
        """What is in the slot, and what that did."""
        recipe = self.recipe
        if not recipe.negative.strip():
            return (
                "The slot is empty: guidance pushes away from what the network draws without a prompt. n writes a "
                f"negative into the slot, enter tries “{self._suggested}”."
            )
        state = self._made.get(self._key)
        said = "The pictures are being made." if state is None else f"{self._why}{_did(state)}"
        name = shortened(recipe.negative, 20)
        return f"“{name}” is in the slot on {_NAMES[self._when]}, w = {recipe.guidance:g}. {said}"

    def table(self) -> tuple[tuple[str, ...], ...]:
        """What was tried with this prompt, seed and negative, the newest last."""
        here = self.recipe
        tried = [
            (f"{key.guidance:g}, {_SHORT[when]}", f"{state.difference:.3f}", f"{state.from_itself:.3f}")
            for (key, when), state in self._made.items()
            if key.negative.strip() and key.replace(guidance=here.guidance) == here
        ]
        return (("w, on which steps", "moved", "from the last"), *tried[-_ROWS:]) if tried else ()

    def places(self) -> Places:
        """All steps, the first half of them, the second."""
        last = len(WHEN) - 1
        return last, last, WHEN.index(self._when), None, ()

    def move(self, place: int) -> None:
        """On other steps."""
        self._when = WHEN[min(max(place, 0), len(WHEN) - 1)]

    def go_on(self) -> None:
        """Try the next suggestion."""
        self.recipe = self.recipe.replace(negative=self._suggested)

    def cycle(self, which: str) -> None:
        """Another w, or other steps."""
        if which == "eta":
            self._when = WHEN[(WHEN.index(self._when) + 1) % len(WHEN)]
        elif which in ("more", "fewer"):
            low, high = GUIDANCE_RANGE
            w = self.recipe.guidance + (_NUDGE if which == "more" else -_NUDGE)
            self.recipe = self.recipe.replace(guidance=min(max(w, low), high))

    @property
    def scrubber_words(self) -> tuple[str, str]:  # type: ignore[override]
        """On which steps it is there."""
        return f"on {_SHORT[self._when]}", WORDS[1]

    def command(self) -> ShownCommand:
        """That of the picture with the negative."""
        return self._commands[1]

    @property
    def _commands(self) -> tuple[ShownCommand, ...]:
        """One for each picture."""
        recipe = self.recipe
        without, named = recipe.replace(negative=""), as_prompt(recipe.negative)
        return (
            command_for(without, "no negative"),
            command_for(timed(recipe, recipe.negative, self._when), "with it"),
            NO_COMMAND,
            command_for(without.replace(prompt=named, guidance=1.0), "as a prompt") if named else NO_COMMAND,
        )

    @property
    def _key(self) -> Wish:
        return self.recipe, self._when

    @property
    def _suggested(self) -> str:
        """After the present negative: the prompt's own thing and colour, then the colours."""
        own = [word.text for kind in ("noun", "colour") if (word := find(self.recipe.prompt, kind)) is not None]
        offered = [*own, *(colour for colour in COLOURS if colour not in own)]
        place = offered.index(self.recipe.negative) + 1 if self.recipe.negative in offered else 0
        return offered[place % len(offered)]

    @property
    def _why(self) -> str:
        """What the formula negative + w·(prompt − negative) says before anything is measured."""
        if self.recipe.guidance == 1:
            return "At w = 1 it cancels out of the formula. "
        if self.recipe.guidance == 0 and self._when == "always":
            return "At w = 0 it is all that is left of the formula. "
        return ""


def _did(state: NegativeState) -> str:
    share = f"{state.changed.mean():.0%} of the pixels visibly change"
    return f"It moves the picture by {state.difference:.3f}; {share}. The last picture is the negative as a prompt."
