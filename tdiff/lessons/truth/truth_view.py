"""The truth about this tool: what was counted in this run, then its model card."""

from collections.abc import Iterator

from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import LabView
from tdiff.lessons.truth.facts import facts_of
from tdiff.lessons.truth.model_card import NAME, model_card_pages
from tdiff.lessons.truth.truth_lab import Truth, TruthState
from tdiff.pipeline import Pipeline
from tdiff.views.page import Columns
from tdiff.views.places import Places

_ABOVE = 3  # rows for the title and the headings of pages
_ENDLESS = 10_000  # lines: text has no pages
_NARROWEST = 46  # columns of a page
_GAP = 3
_LEAST = 8  # rows of a page


class TruthView(LabView):
    """The scrubber turns the pages: as many side by side as there is room for, each as high as the guide.

    Args:
        context: the model.
    """

    title = "Hands on: the truth about this tool"
    keys = (
        ("← →", "turn the page"),
        ("↑ ↓", "scroll"),
        ("l", "closes"),
    )
    alone = True

    def __init__(self, context: LabContext) -> None:
        self._pipeline = context.bench.pipeline
        self._room: tuple[int, int] | None = None
        self._first = 0
        self._lay_out(1, _NARROWEST, _LEAST)

    def fit(self, columns: int, rows: int) -> None:
        """Lay the pages out anew, and open the one that is as far on."""
        if (columns, rows) == self._room:
            return
        self._room = columns, rows
        before, pages = self._first, len(self._pages)
        across = max(1, (columns + _GAP) // (_NARROWEST + _GAP))
        self._lay_out(across, (columns - _GAP * (across - 1)) // across, max(rows - _ABOVE, _LEAST))
        self._first = round(before / pages * len(self._pages)) // across * across

    @classmethod
    def written(cls, pipeline: Pipeline, width: int) -> Iterator[str]:
        """What was counted, and the whole model card."""
        yield ""
        yield "Counted in this run"
        for name, value in facts_of(pipeline).rows():
            yield f"  {name}: {value}"
        yield ""
        yield f"{NAME}, recorded when the weights were made"
        for page in model_card_pages(width, height=_ENDLESS):
            yield ""
            yield page.title
            yield from page.lines

    def _lay_out(self, across: int, columns: int, rows: int) -> None:
        truth = Truth(self._pipeline, columns, rows)
        self._across = across
        self._pages = [truth.go_to(number) for number in range(1, truth.state.of + 1)]

    @property
    def _open(self) -> list[TruthState]:
        return self._pages[self._first : self._first + self._across]

    @property
    def caption(self) -> str:
        """Where the pages are from."""
        return " · ".join(dict.fromkeys(state.source for state in self._open))

    def places(self) -> Places:
        """One for each opening of the book."""
        last = (len(self._pages) - 1) // self._across
        return last, last, self._first // self._across, None, ()

    def text(self) -> str:
        """Nothing but the pages."""
        return ""

    def columns(self) -> Columns:
        return tuple((state.page.title, *state.page.lines) for state in self._open)

    def move(self, place: int) -> None:
        """Turn to other pages."""
        self._first = min(max(place, 0), self.places()[0]) * self._across

    def go_on(self) -> None:
        """Turn the page; after the last comes the first."""
        last, _, place, *_ = self.places()
        self.move(place + 1 if place < last else 0)
