"""Copy or create? A picture and the training pictures that are nearest to it."""

from collections.abc import Iterator

from tdiff.lessons.copies.copies_lab import KINDS, NEAREST, CopyKind, CopySearch, CopyState
from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import LabView, as_figures
from tdiff.views.figures import Figure

_WAITING = 2  # searches at most, the one under way among them: a key that is held down asks for no more


class CopiesView(LabView):
    """One search after another, each in a thread.

    Args:
        context: whose model paints; it may start with a kind of picture.
    """

    title = "Hands on: search for copies"
    starts = frozenset(KINDS)
    keys = (
        ("enter", "next picture"),
        ("t", "other kind"),
        ("tab", "turns"),
        ("l", "closes"),
    )

    def __init__(self, context: LabContext) -> None:
        self._search = CopySearch(context.bench.pipeline)
        self._kind: CopyKind = next((kind for kind in KINDS if kind == context.start), KINDS[0])
        self._due, self._done = 1, 0
        self.state: CopyState | None = None

    def wish(self) -> int | None:
        """The next search, by number."""
        return self._done if self._due else None

    def fulfil(self, wish: int) -> Iterator[CopyState]:
        """Make a picture, or take a real one, and search for it."""
        self._search.choose(self._kind)
        yield self._search.next()

    def take(self, state: CopyState) -> None:
        """Show what was found."""
        self.state = state
        self._due, self._done = self._due - 1, self._done + 1

    def figures(self) -> tuple[Figure, ...]:
        """The picture, and its nearest."""
        if self.state is None:
            return (Figure("picture", None), *(Figure(f"{n}. nearest trained on", None) for n in range(1, NEAREST + 1)))
        return as_figures(self.state.panes())

    def text(self) -> str:
        """What is in front of the learner, or what is under way."""
        if self._due:
            return f"Next: {self._kind}. All 400,000 training pictures are searched …"
        return self.state.text if self.state is not None else ""

    def table(self) -> tuple[tuple[str, ...], ...]:
        """The five in figures."""
        return self.state.table() if self.state is not None else ()

    def aside(self) -> str:
        """What this does not show."""
        return self.state.limits if self.state is not None else ""

    def go_on(self) -> None:
        """Search for another picture of this kind."""
        self._due = min(self._due + 1, _WAITING)

    def reseed(self) -> None:
        """Search for another picture of this kind."""
        self.go_on()

    def cycle(self, which: str) -> None:
        """Another kind of picture."""
        if which == "eta":
            self._kind = KINDS[(KINDS.index(self._kind) + 1) % len(KINDS)]
            self.go_on()
