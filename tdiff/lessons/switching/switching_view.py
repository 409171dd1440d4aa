"""When is what decided? One prompt for k steps, another from there on, for every k at once."""

from collections.abc import Iterator
from itertools import chain, zip_longest

from tdiff.diffusion import time_grid
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import NO_COMMAND, as_figures, command_for, with_commands
from tdiff.lessons.core.recipe_view import RecipeView
from tdiff.lessons.core.rewording import WordKind, choices, find, shortened, swapped
from tdiff.lessons.switching.switching_lab import Strip, SwitchStrip
from tdiff.recipe import Recipe, Switch
from tdiff.views.curve import Curve
from tdiff.views.figures import Figure
from tdiff.views.places import Places
from tdiff.views.shown_command import ShownCommand

_KINDS: tuple[WordKind, ...] = ("colour", "noun")
_EACH = 3  # second prompts of each kind
_ROWS = 5  # places in the table
_SWITCHED = 1  # place of its canvas

Wish = tuple[Recipe, str]


class SwitchingView(RecipeView):
    """The scrubber is k. See `RecipeView` for the arguments."""

    title = "Hands on: switch on the way"
    keys = (
        ("← →", "when to switch"),
        ("enter", "another prompt"),
        ("r", "new seed"),
        ("l", "closes"),
    )
    plotted = True
    scrubber_words = ("switch", "change")

    def __init__(self, context: LabContext) -> None:
        self._made: dict[Wish, Strip] = {}
        self._taken = 0
        self._front: int | None = None
        super().__init__(context)
        self._k = self.recipe.steps // 2

    def change(self, recipe: Recipe) -> None:
        """Begin with another word for the prompt's colour, or where it has none for its thing."""
        seconds = _seconds(recipe.prompt)
        if not seconds:
            raise LessonError("no word of this prompt names a colour or a thing to switch", remedy="use one that does")
        if not self._made or recipe.prompt != self.recipe.prompt:
            self._second = 0
        self.recipe, self._seconds = recipe, seconds

    def wish(self) -> Wish | None:
        """The strip of these two prompts."""
        return None if self._key in self._made else self._key

    def fulfil(self, wish: Wish) -> Iterator[int | Strip]:
        """Make its pictures side by side."""
        switch = SwitchStrip(self._pipeline, *wish)
        yield 0
        for step in switch.play():
            yield step.index + 1
        yield switch.strip()

    def take(self, state: int | Strip) -> None:
        """Keep them, or how far they are."""
        if isinstance(state, Strip):
            self._made[self._key] = state
        else:
            self._taken = state

    def figures(self) -> tuple[Figure, ...]:
        """The second prompt alone, the switch, the first alone, and what the switch changed."""
        strip = self._made.get(self._key)
        if strip is None:
            titles = ("second prompt alone", f"switch after {self._k}", "first prompt alone", "what it changed")
            return tuple(Figure(title, None) for title in titles)
        first, second = self.recipe, self.recipe.replace(prompt=self._key[1])
        commands = command_for(second, "second prompt"), self.command(), command_for(first, "first prompt"), NO_COMMAND
        return with_commands(as_figures(strip.panes(self._k)), commands)

    def command(self) -> ShownCommand:
        """That of the switch, which at the ends is no switch."""
        recipe, second = self._key
        if self._k == 0:
            return command_for(recipe.replace(prompt=second), "switch")
        late = () if self._k == recipe.steps else (Switch(self._k, prompt=second),)
        return command_for(recipe.replace(switches=late), "switch")

    def front(self) -> int | None:
        """The switch, once it was moved."""
        return self._front

    def places(self) -> Places:
        """One for each k; the noise level is that at which the second prompt takes over."""
        steps = self.recipe.steps
        return steps, steps if self._key in self._made else 0, self._k, time_grid(steps)[self._k].sigma, ()

    def text(self) -> str:
        """What the switch left of the first prompt."""
        steps, strip = self.recipe.steps, self._made.get(self._key)
        first, second = self.recipe.prompt, self._key[1]
        plan = f"{self._k} of {steps} steps “{shortened(first, 40)}”, then “{shortened(second, 40)}”."
        if strip is None:
            return f"{plan} {steps + 1} pictures are being made, one for each switch: step {self._taken} of {steps}."
        return f"{plan} {strip.decided[self._k]:.0%} is decided by then, as our CLIP tells them apart. {_half(strip)}"

    def table(self) -> tuple[tuple[str, ...], ...]:
        """How much was decided after how many steps."""
        strip = self._made.get(self._key)
        if strip is None:
            return ()
        shown = sorted({round(place * strip.steps / (_ROWS - 1)) for place in range(_ROWS)})
        steps = ("switch after", *(str(k) for k in shown))
        return steps, ("decided", *(f"{strip.decided[k]:.0%}" for k in shown))

    def curves(self) -> tuple[tuple[Curve, ...], str, str]:
        """The same at every step, of every second prompt that was tried with this recipe."""
        tried = [strip.curve(_other(strip)) for (recipe, _), strip in self._made.items() if recipe == self.recipe]
        return tuple(tried), "steps before the switch", "decided, %"

    def on_curves(self) -> float | None:
        return float(self._k)

    def move(self, place: int) -> None:
        """Switch earlier or later."""
        self._k = min(max(place, 0), self.recipe.steps)
        self._front = _SWITCHED

    def go_on(self) -> None:
        self._second = (self._second + 1) % len(self._seconds)
        self._taken = 0

    @property
    def _key(self) -> Wish:
        return self.recipe, self._seconds[self._second]


def _seconds(prompt: str) -> tuple[str, ...]:
    """The prompt with another colour, with another thing, and so on by turns."""
    words = [(kind, find(prompt, kind)) for kind in _KINDS]
    offered = [
        [swapped(prompt, word, by) for by in choices(prompt, word)[:_EACH]] for _, word in words if word is not None
    ]
    return tuple(text for text in chain.from_iterable(zip_longest(*offered)) if text is not None)


def _half(strip: Strip) -> str:
    if strip.half is None:
        return "It is never more than half for good."
    return f"After {strip.half} it is more than half."


def _other(strip: Strip) -> str:
    """The word of the second prompt that the first has not."""
    first = strip.first.split()
    return next((word for word in strip.second.split() if word not in first), strip.second)
