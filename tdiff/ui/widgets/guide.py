"""The guide: one card at a time, its question, and what the run answered."""

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from tdiff.text import with_minus
from tdiff.ui.events import GuideRoom
from tdiff.ui.widgets.clipping import clipped
from tdiff.ui.widgets.page import page_content
from tdiff.views.page import Page

_VERDICT = 4  # rows in which the verdict and the beginning of what came out are told


class Guide(VerticalScroll, can_focus=False):
    """Scrolls on its own where a card is long; arrows up and down scroll it too."""

    DEFAULT_CSS = """
    Guide {
        layers: page more;
        border-left: outer $primary;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        height: 1fr;
        width: 1fr;
        link-style: none;
        link-style-hover: reverse;
        link-background-hover: $boost;
    }
    Guide.-framed {
        border: round $foreground 30%;
        border-title-color: $text-accent;
        border-title-style: bold;
    }
    Guide > Static {
        width: 1fr;
        height: auto;
    }
    Guide > #more {
        layer: more;
        dock: right;
        height: 1;
        width: auto;
        padding-left: 1;
        display: none;
        background: transparent;
        color: $text-accent;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._told = Static("", markup=False)
        self._came_out = Static("", markup=False)
        self._more = Static("↓ more", markup=False, id="more")
        self.page: Page | None = None
        self._asked_at: int | None = None  # row of the question
        self._rows = 0  # of the page, but for what only names keys at its end

    def compose(self) -> ComposeResult:
        """What is told and asked, over what came out; a mark in the corner while more lies below."""
        yield self._told
        yield self._came_out
        yield self._more

    def on_mount(self) -> None:
        """Keep the mark right."""
        self.watch(self, "scroll_y", self._mark, init=False)
        self.watch(self, "virtual_size", self._mark_later, init=False)

    def _mark_later(self) -> None:
        self.call_after_refresh(self._mark)

    def _mark(self) -> None:
        self._more.display = self._rows > self.scroll_y + self.size.height

    @property
    def room(self) -> tuple[int, int]:
        """Columns and rows of text that are seen at once; a column is kept for the scroll bar."""
        return self.scrollable_content_region.width - (not self.show_vertical_scrollbar), self.size.height

    def on_resize(self, event: Resize) -> None:
        """Lay the page out anew."""
        self._lay_out()
        self._more.styles.offset = 0, self.size.height - 1  # the end of the last row
        self.call_after_refresh(self._mark)
        self.post_message(GuideRoom(*self.room))

    def show(self, page: Page) -> None:
        """Show a page; a new card starts at its top, a new result is scrolled to."""
        before, self.page = self.page, page
        if page == before:
            return
        self._lay_out()
        if before is None or before.title != page.title:
            self.scroll_home(animate=False)
        elif page.result and not before.result:
            self.call_after_refresh(self._show_result)

    def _show_result(self) -> None:
        """Scroll to the question where its answer is in sight below it, else to what came out."""
        asked = self._asked_at
        if asked is not None and self._told.size.height - asked + _VERDICT <= self.size.height:
            self.scroll_to(y=asked, animate=False)
        else:
            self._came_out.scroll_visible(animate=False, top=True)

    def _lay_out(self) -> None:
        """Write the page for the room that there is."""
        if self.page is not None:
            framed = self.has_class("-framed")
            self.border_title = (
                Content(clipped(with_minus(self.page.title), max(self.room[0] - 2, 8))) if framed else None
            )
            page = replace(self.page, title="") if framed else self.page
            told, came_out = page_content(page, self.room[0])
            self._told.update(told)
            self._came_out.update(came_out)
            parts = page_content(replace(page, hint="", links=(), back=False, forward=False), self.room[0])
            before = page_content(replace(page, question="", options=(), right=None, busy=""), self.room[0])[0]
            self._asked_at = len(before.wrap(max(self.room[0], 1))) + bool(before.plain) if page.question else None
            self._rows = sum(len(part.wrap(max(self.room[0], 1))) for part in parts if part.plain)
