"""One word of the prompt swapped or left out, everything else as it was."""

from collections.abc import Iterator

from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import NO_COMMAND, as_figures, command_for, with_commands
from tdiff.lessons.core.recipe_view import RecipeView
from tdiff.lessons.core.rewording import shortened
from tdiff.lessons.words.noun_order import ordered_pairs
from tdiff.lessons.words.swap_lab import EXCHANGE, SwapState, WordSwap
from tdiff.recipe import Recipe
from tdiff.views.figures import Figure
from tdiff.views.places import Places
from tdiff.views.shown_command import ShownCommand

_ROWS = 4  # of what was tried
_NAME = 12  # characters of a word

_ORDER = "order"  # two nouns to exchange

Wish = tuple[Recipe, int, str]


class SwapView(RecipeView):
    """The scrubber walks along the words. See `RecipeView` for the arguments."""

    title = "Hands on: swap one word"
    starts = frozenset({_ORDER})
    keys = (
        ("← →", "word"),
        ("enter", "another one"),
        ("t", "leave out"),
        ("r", "seed"),
        ("l", "closes"),
    )

    def __init__(self, context: LabContext) -> None:
        self._made: dict[Wish, SwapState] = {}
        self._newest: SwapState | None = None
        super().__init__(context)

    def begins_with(self, context: LabContext) -> Recipe:
        """What is on the bench; for the order of words, the pair of prompts that the card has shown."""
        recipe = super().begins_with(context)
        if context.start != _ORDER:
            return recipe
        first = ordered_pairs()[int(context.found.get("shown", 0))][0]
        return recipe.replace(prompt=first.prompt, seed=int(context.found.get("seed", recipe.seed)))

    def change(self, recipe: Recipe) -> None:
        """Begin with the first word that can be swapped; another seed keeps word and choice."""
        swap = WordSwap(self._pipeline, recipe)
        if not self._made or recipe.prompt != self.recipe.prompt:
            self._choice, self._out = 0, False
            self._word = next((n for n in range(len(swap.words)) if swap.choices(n)), 0)
        self.recipe, self._swap = recipe, swap

    def wish(self) -> Wish | None:
        """The two pictures of what is chosen."""
        return None if self._key in self._made else self._key

    def fulfil(self, wish: Wish) -> Iterator[SwapState]:
        _, word, by = wish
        yield self._swap.swap(word, by) if by else self._swap.leave_out(word)

    def take(self, state: SwapState) -> None:
        self._made[self._key] = self._newest = state

    def figures(self) -> tuple[Figure, ...]:
        """Before, after, and where they differ; the last ones while others are made."""
        state = self._made.get(self._key, self._newest)
        if state is None:
            return tuple(Figure(title, None) for title in ("before", "after", "difference"))
        return with_commands(as_figures(state.panes()), (self.command(), self._command_after(state), NO_COMMAND))

    def command(self) -> ShownCommand:
        """That of the picture before."""
        return command_for(self.recipe, "before")

    def _command_after(self, state: SwapState) -> ShownCommand:
        """A text with the word in it has a command; a word that is only left out of what is read has none."""
        if not self._by:
            return ShownCommand(said="after: no command leaves a word out and keeps the text")
        return command_for(self.recipe.replace(prompt=state.other), "after")

    def places(self) -> Places:
        """One for each word that the model reads."""
        last = len(self._swap.words) - 1
        return last, last, self._word, None, ()

    def text(self) -> str:
        """What was changed, and how much of the picture that moved."""
        words, state = self._swap.words, self._made.get(self._key)
        name = shortened(words[self._word].text, _NAME)
        did = _done(self._by)
        note = "" if self._swap.choices(self._word) else ", as it names neither a thing nor a colour to swap"
        said = "The pictures are being made." if state is None else _said(state)
        return f"Word {self._word + 1} of {len(words)}, “{name}”: {did}{note}. Seed and all else stay. {said}"

    def table(self) -> tuple[tuple[str, ...], ...]:
        """What was tried with this prompt and seed, the newest last."""
        tried = [(key, state) for key, state in self._made.items() if key[0] == self.recipe]
        words = self._swap.words
        rows = [
            (_change(shortened(words[word].text, _NAME), by), f"{state.changed.mean():.0%}")
            for (_, word, by), state in tried[-_ROWS:]
        ]
        return (("what was changed", "pixels that changed"), *rows) if rows else ()

    def move(self, place: int) -> None:
        """Another word, swapped for the first of its choices."""
        self._word = min(max(place, 0), len(self._swap.words) - 1)
        self._choice, self._out = 0, False

    def go_on(self) -> None:
        self._choice += not self._out
        self._out = False

    def cycle(self, which: str) -> None:
        """Leave the word out, or put it back."""
        if which == "eta":
            self._out = not self._out

    @property
    def _by(self) -> str:
        """What stands in the word's place; "" for nothing."""
        offered = self._swap.choices(self._word)
        return "" if self._out or not offered else offered[self._choice % len(offered)]

    @property
    def _key(self) -> Wish:
        return self.recipe, self._word, self._by


def _done(by: str) -> str:
    """What was done with a word."""
    if by.startswith(EXCHANGE):
        return f"exchanged with “{by.removeprefix(EXCHANGE)}”"
    return f"“{by}” in its place" if by else "left out"


def _change(word: str, by: str) -> str:
    """The same in a table."""
    return f"{word} {by}" if by.startswith(EXCHANGE) else f"{word} → {by or 'left out'}"


def _said(state: SwapState) -> str:
    share = state.changed.mean()
    where = "; “difference” shows which" if share else ""
    return f"{share:.0%} of the pixels visibly change{where}."
