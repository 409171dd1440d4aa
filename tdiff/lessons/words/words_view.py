"""Two maps of a word at any step: what leaving it out changes, and where the network looks at it."""

from collections.abc import Iterator

from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import as_figures, command_for
from tdiff.lessons.core.recipe_view import RecipeView
from tdiff.lessons.words.words_lab import Words, WordsState
from tdiff.recipe import Recipe
from tdiff.views.figures import Figure
from tdiff.views.places import Places
from tdiff.views.shown_command import ShownCommand

_BEGIN = 0.3  # of the steps: the layout is there, and the detail is not
_ROWS = 5  # words in the table

Wish = tuple[Recipe, int]


class WordsView(RecipeView):
    """The scrubber is the step. See `RecipeView` for the arguments."""

    title = "Hands on: two maps of a word"
    keys = (
        ("← →", "step"),
        ("enter", "the next word"),
        ("v", "lay over"),
        ("r", "seed"),
        ("l", "closes"),
    )

    def __init__(self, context: LabContext) -> None:
        self._chosen, self._over = 0, False
        self._known: set[int] = set()
        self._state: WordsState | None = None
        super().__init__(context)
        self._step = round(_BEGIN * self._words.steps)

    def change(self, recipe: Recipe) -> None:
        """Begin anew with another prompt, negative, guidance or seed."""
        self._words, self.recipe = Words(self._pipeline, recipe), recipe
        self._chosen %= len(self._words.words)
        self._known.clear()

    def wish(self) -> Wish | None:
        """All words at this step."""
        return None if self._step in self._known else (self.recipe, self._step)

    def fulfil(self, wish: Wish) -> Iterator[WordsState]:
        yield self._words.at(wish[1])

    def take(self, state: WordsState) -> None:
        """The step is known now, whatever word is chosen."""
        self._known.add(state.step)
        self._look()

    def figures(self) -> tuple[Figure, ...]:
        """The clean guess, both maps, and the guess without the word."""
        if self._state is None:
            return tuple(Figure(title, None) for title in ("clean guess", "left out", "looked at", "without"))
        return as_figures(self._state.panes(self._over))

    def command(self) -> ShownCommand:
        """That of the run whose steps these are."""
        return command_for(self.recipe, "the whole run")

    def places(self) -> Places:
        """One for each step."""
        return self._words.steps - 1, max(self._known, default=0), self._step, None, ()

    def text(self) -> str:
        """What the maps say of the chosen word."""
        if self._state is None:
            return "The network is being asked about every word."
        shown = self._state.maps[self._state.chosen]
        return (
            f"“{shown.name}” at step {self._state.step + 1}. Left out, the clean guess moves by {shown.effect:.3f}, "
            f"most where that map is bright. Looked at: {shown.attention:.0%} of all looking. The two maps agree by "
            f"{shown.agreement:+.2f}; +1 would be fully."
        )

    def table(self) -> tuple[tuple[str, ...], ...]:
        """The chosen word among its neighbours."""
        if self._state is None:
            return ()
        head, *rows = self._state.table()
        marked = [(f"{'›' if n == self._state.chosen else ' '} {row[0]}", *row[1:]) for n, row in enumerate(rows)]
        first = min(max(self._state.chosen - _ROWS // 2, 0), max(len(rows) - _ROWS, 0))
        return ((f"  {head[0]}", *head[1:]), *marked[first : first + _ROWS])

    def move(self, place: int) -> None:
        self._step = min(max(place, 0), self._words.steps - 1)
        self._look()

    def go_on(self) -> None:
        self._chosen = (self._chosen + 1) % len(self._words.words)
        self._look()

    def cycle(self, which: str) -> None:
        """Lay the maps over the clean guess, or take them off."""
        if which == "form":
            self._over = not self._over

    def _look(self) -> None:
        """Show a step that is known; no model call."""
        if self._step in self._known:
            self._state = self._words.at(self._step, self._chosen)
