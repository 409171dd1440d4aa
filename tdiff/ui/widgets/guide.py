"""The guide: one card at a time, its question, and what the run answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static


@dataclass(frozen=True, slots=True)
class Page:
    """What the guide shows.

    Attributes:
        title: of the card.
        text: the card.
        hint: keys to try.
        question: asked before the run; "" for none.
        options: possible answers.
        chosen: index of the learner's answer.
        right: index of the run's answer, once it is known.
        busy: what is being computed.
        result: what came out.
        table: rows of figures, the first a header.
        links: (label, action) of further things to click.
        back, forward: whether there is a card before and after.
    """

    title: str
    text: str
    hint: str = ""
    question: str = ""
    options: tuple[str, ...] = ()
    chosen: int | None = None
    right: int | None = None
    busy: str = ""
    result: str = ""
    table: tuple[tuple[str, ...], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    back: bool = False
    forward: bool = True


class Guide(VerticalScroll, can_focus=False):
    """Scrolls on its own where a card is long; arrows up and down scroll it too."""

    DEFAULT_CSS = """
    Guide {
        border-left: outer $primary;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        height: 1fr;
        width: 1fr;
        link-style: none;
        link-style-hover: reverse;
        link-background-hover: $boost;
    }
    Guide > Static {
        width: 1fr;
        height: auto;
    }
    """

    class Answered(Message):
        """An option was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._body = Static("", markup=False)
        self.page: Page | None = None

    def compose(self) -> ComposeResult:
        """One text."""
        yield self._body

    def show(self, page: Page) -> None:
        """Show a page; a new card starts at its top, a new result is scrolled to."""
        before, self.page = self.page, page
        if page == before:
            return
        self._body.update(page_content(page))
        if before is None or before.title != page.title:
            self.scroll_home(animate=False)
        elif page.result and not before.result:
            self.call_after_refresh(self.scroll_end, animate=False)


def page_content(page: Page) -> Content:
    """A page as styled text; nothing in it is read as markup."""
    lines: list[Content] = [Content.styled(page.title, "bold $text-accent"), Content(""), Content(page.text)]
    if page.question:
        lines += [Content(""), Content.styled(page.question, "bold"), Content("")]
        lines += [_option(page, index) for index in range(len(page.options))]
        if page.chosen is None:
            lines += [Content(""), Content.styled("press a letter; the run decides", "dim")]
    if page.busy:
        lines += [Content(""), Content.styled(f"… {page.busy}", "italic")]
    if page.right is not None and page.chosen is not None:
        said = "As you said." if page.right == page.chosen else f"The run says {'abcd'[page.right]}."
        lines += [Content(""), Content.styled(said, "bold $success" if page.right == page.chosen else "bold $warning")]
    if page.result:
        lines += [Content(""), Content(page.result)]
    if page.table:
        lines += [Content(""), *(_row(page.table, index) for index in range(len(page.table)))]
    if page.hint:
        lines += [Content(""), Content.styled(page.hint, "dim")]
    if page.links:
        lines += [Content(""), Content("  ").join([_link(label, action) for label, action in page.links])]
    turns = [_link("[ back", "screen.card_back")] if page.back else []
    turns += [_link("next ]", "screen.card_next")] if page.forward else []
    if turns:
        lines += [Content(""), Content("   ").join(turns)]
    return Content("\n").join(lines)


def _option(page: Page, index: int) -> Content:
    mark, style = "  ", ""
    if page.right == index:
        mark, style = "✓ ", "bold $success"
    elif page.chosen == index:
        mark, style = ("✗ ", "$warning") if page.right is not None else ("› ", "bold")
    text = f"{mark}{'abcd'[index]}  {page.options[index]}"
    if page.chosen is None:
        return _link(text, f"screen.answer({index})")
    return Content.styled(text, style)


def _row(table: Sequence[Sequence[str]], index: int) -> Content:
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    first, *rest = table[index]
    cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
    return Content.styled("  ".join(cells), "dim" if index == 0 else "")


def _link(text: str, action: str) -> Content:
    return Content.from_markup(f"[@click={action}]$text[/]", text=text)
