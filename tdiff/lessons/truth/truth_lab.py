"""The truth about this tool: what was counted in this run, then the model card, page by page."""

from dataclasses import dataclass
from typing import Final

from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.truth.facts import facts_of
from tdiff.lessons.truth.model_card import NAME, PAGE_LINES, CardPage, model_card_pages, paged
from tdiff.pipeline import Pipeline

WIDTH: Final = 44
"""Columns of the guide on a screen of 80."""
COUNTED: Final = "counted in this run"
RECORDED: Final = f"{NAME}, recorded"


@dataclass(frozen=True, slots=True)
class TruthState:
    """A page.

    Attributes:
        number: from 1.
        of: how many there are.
        page: its title and lines.
        source: where it is from: `COUNTED`, or `RECORDED` in the model card.
    """

    number: int
    of: int
    page: CardPage
    source: str

    @property
    def text(self) -> str:
        """The page as one text."""
        return "\n".join(self.page.lines)


class Truth:
    """Turns the pages."""

    def __init__(self, pipeline: Pipeline, width: int = WIDTH, height: int = PAGE_LINES) -> None:
        """Count, read and lay out: some 20 ms.

        Args:
            pipeline: the model that is loaded.
            width: columns of a page.
            height: most lines of a page.

        Raises:
            LessonError: the model card cannot be read.
        """
        rows = facts_of(pipeline).rows()
        room = max(len(name) for name, _ in rows)
        counted = paged(
            "Counted in this run", [(f"{name.ljust(room)}  {value}"[:width].rstrip(),) for name, value in rows], height
        )
        self._pages = [
            *((page, COUNTED) for page in counted),
            *((page, RECORDED) for page in model_card_pages(width, height=height)),
        ]
        self._place = 0

    @property
    def state(self) -> TruthState:
        """The page at hand."""
        page, source = self._pages[self._place]
        return TruthState(self._place + 1, len(self._pages), page, source)

    def next(self) -> TruthState:
        """Turn the page; after the last comes the first."""
        self._place = (self._place + 1) % len(self._pages)
        return self.state

    def previous(self) -> TruthState:
        """Turn back; before the first comes the last."""
        self._place = (self._place - 1) % len(self._pages)
        return self.state

    def go_to(self, number: int) -> TruthState:
        """Go to a page by its number, from 1.

        Raises:
            LessonError: there is none such.
        """
        if not 1 <= number <= len(self._pages):
            raise LessonError(f"there are pages 1 to {len(self._pages)}, not {number}")
        self._place = number - 1
        return self.state
