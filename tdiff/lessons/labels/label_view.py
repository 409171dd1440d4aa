"""Label it: a file saved, stripped, forged and treated, and what three kinds of label say of it each time."""

from collections.abc import Callable, Iterator

from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import LabView, as_figures
from tdiff.lessons.labels.label_lab import LabelLab
from tdiff.lessons.labels.label_state import LabelState
from tdiff.views.figures import Figure
from tdiff.views.page import Columns

_STEPS = 20  # at least: after fewer, the way back to the noise goes astray, and a mark is not found unharmed
_MARKED = "marked"
_WAITING = 3  # keys that are not yet obeyed; more are not taken


class LabelView(LabView):
    """Each key does one thing to the file; they are obeyed one after another.

    Args:
        context: model and recipe; "marked" starts with a hidden mark.
    """

    title = "Hands on: label a file"
    starts = frozenset({_MARKED})
    keys = (
        ("a", "save"),
        ("b", "strip"),
        ("c", "forge"),
        ("d", "edit pixels"),
        ("v", "mark"),
        ("t", "prompt"),
        ("l", "closes"),
    )

    def __init__(self, context: LabContext) -> None:
        recipe = context.bench.recipe
        self._lab = LabelLab(context.bench.pipeline, recipe.replace(steps=max(recipe.steps, _STEPS)))
        first = self._lab.toggle_mark if context.start == _MARKED else self._lab.save
        self._todo: list[Callable[[], LabelState]] = [first]
        self._done = 0
        self.state: LabelState | None = None

    def wish(self) -> int | None:
        """The next thing to do, by number."""
        return self._done if self._todo else None

    def fulfil(self, wish: int) -> Iterator[LabelState]:
        yield self._todo[0]()

    def take(self, state: LabelState) -> None:
        """Show what became of the file."""
        self.state = state
        self._todo.pop(0)
        self._done += 1

    def figures(self) -> tuple[Figure, ...]:
        """The picture as it was made, and as it is."""
        if self.state is None:
            return (Figure("as it was made", None), Figure("saved", None))
        return as_figures(self.state.panes())

    def text(self) -> str:
        """What was done to it."""
        return "The picture is being made …" if self.state is None else self.state.text

    def columns(self) -> Columns:
        """What each kind of label says, and what that is worth."""
        if self.state is None:
            return ()
        return tuple((column.title, column.says, column.proves) for column in self.state.columns())

    def table(self) -> tuple[tuple[str, ...], ...]:
        """The same in figures."""
        return () if self.state is None else self.state.table()

    def aside(self) -> str:
        """What this does not show."""
        return "" if self.state is None else self.state.limits

    def answer(self, index: int) -> None:
        """Save, strip, forge, or edit the pixels."""
        self._ask((self._lab.save, self._lab.strip, self._lab.forge, self._lab.treat_next)[index])

    def cycle(self, which: str) -> None:
        """Make it with or without a mark, save it with or without the prompt."""
        if which == "form":
            self._ask(self._lab.toggle_mark)
        elif which == "eta":
            self._ask(self._lab.toggle_prompt)

    def _ask(self, what: Callable[[], LabelState]) -> None:
        if len(self._todo) < _WAITING:
            self._todo.append(what)
