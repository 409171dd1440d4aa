"""The truth about this tool: what was counted in this run, then its model card."""

from tdiff.lessons.stages.truth import Truth
from tdiff.ui.stages.stage import Given, Places, Stage

_AROUND = 6  # rows for title, keys and links
_WIDEST = 96  # columns that still read well
_LEAST = 8  # rows of a page


class TruthStage(Stage):
    """The scrubber turns the pages, which are as large as the guide.

    Args:
        given: the model.
    """

    hint = "← → turn the page   ↑ ↓ scroll   l closes"
    alone = True

    def __init__(self, given: Given) -> None:
        self._pipeline = given.bench.pipeline
        self._truth = Truth(self._pipeline)
        self._room: tuple[int, int] | None = None

    @property
    def title(self) -> str:
        """Of the page."""
        return self._truth.state.page.title

    @property
    def caption(self) -> str:
        """Where the page is from."""
        return self._truth.state.source

    def fit(self, columns: int, rows: int) -> None:
        """Lay the pages out anew, and open the one that is as far on."""
        room = min(columns, _WIDEST), max(rows - _AROUND, _LEAST)
        if room == self._room:
            return
        before, self._room = self._truth.state, room
        self._truth = Truth(self._pipeline, *room)
        self.move(round((before.number - 1) / before.of * self._truth.state.of))

    def places(self) -> Places:
        """One for each page."""
        last = self._truth.state.of - 1
        return last, last, self._truth.state.number - 1, None, ()

    def text(self) -> str:
        """The page."""
        return self._truth.state.text

    def move(self, place: int) -> None:
        """Another page."""
        self._truth.go_to(min(max(place + 1, 1), self._truth.state.of))

    def go_on(self) -> None:
        """Turn the page."""
        self._truth.next()
