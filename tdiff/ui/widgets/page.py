"""A page of the guide: how it becomes text for a given width."""

import textwrap
from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import zip_longest
from typing import Any

from textual.content import Content

from tdiff.text import with_minus
from tdiff.views.curve import Curve
from tdiff.views.page import Columns, Link, Page
from tdiff.views.places import sparkline

_NARROWEST = 26  # columns of text that still read well
_LEAST = 16  # columns that a page is written for, however few there are
_GAP = 3
_INDENT = 5  # of an option's text
_FIGURES = frozenset("0123456789+-−–")


def page_content(page: Page, width: int = 44) -> tuple[Content, Content]:
    """A page as styled text: what it tells and asks, then what came out. Nothing in it is read as markup.

    Args:
        page: what to show.
        width: columns that there are; 0 or less where it is not laid out yet.
    """
    width, page = max(width, _LEAST), _typeset(page)
    return Content("\n").join(_told(page, width)), Content("\n").join(_came_out(page, width))


def _typeset(page: Page) -> Page:
    """The page with minus signs in all that it says."""
    return replace(page, **{each.name: _minus(getattr(page, each.name)) for each in fields(page)})


def _minus(said: Any) -> Any:
    if isinstance(said, tuple):
        return tuple(map(_minus, said))
    return with_minus(said) if isinstance(said, str) else said


def _told(page: Page, width: int) -> list[Content]:
    lines = [Content.styled(page.title, "bold $text-accent"), Content("")] if page.title else []
    lines = [*lines, Content(page.text)] if page.text else lines[:-1]
    lines += _columns(page.columns, width)
    if page.question:
        lines += [Content(""), Content.styled(page.question, "bold"), Content("")]
        lines += [_option(page, index, width) for index in range(len(page.options))]
        if page.chosen is None:
            lines += [Content(""), Content.styled(page.asking, "$text-muted")]
    if page.busy:
        lines += [Content(""), Content.styled(f"… {page.busy}", "italic")]
    return lines


def _came_out(page: Page, width: int) -> list[Content]:
    lines: list[Content] = []
    if page.right is not None and page.chosen is not None:
        lines += [Content(""), _verdict(page, page.right)]
    lines += _columns(page.reasons, width)
    if page.result:
        lines += [Content(""), Content(page.result)]
    if page.table:
        lines += [Content(""), *_table(page.table, width)]
    lines += _charts(page.curves, page.axes, width)
    if page.hint:
        lines += [Content(""), Content.styled(page.hint, "$text-muted")]
    if page.links:
        lines += [Content(""), *_link_lines(page.links, width)]
    turns = [_button("[", "back", "card_back")] if page.back else []
    turns += [_button("]", "next", "card_next")] if page.forward else []
    if turns:
        lines += [Content(""), Content(" ").join(turns)]
    return lines


def _link_lines(links: Sequence[Link], width: int) -> list[Content]:
    """Buttons side by side, as many as fit; a key is never parted from what it does."""
    rows: list[list[Content]] = [[]]
    for key, text, command in links:
        button = _button(key, text, command)
        taken = sum(item.cell_length + 1 for item in rows[-1])
        if rows[-1] and taken + button.cell_length > width:
            rows.append([])
        rows[-1].append(button)
    return [Content(" ").join(row) for row in rows]


def _button(key: str, text: str, command: str) -> Content:
    """Something to click: the key that does the same stands out, as in the footer."""
    written = " $key $text " if key else " $text "
    marked = written.replace("$key", "[bold $accent]$key[/]")
    return Content.from_markup(f"[@click=screen.press('{command}')][on $panel]{marked}[/][/]", key=key, text=text)


def _verdict(page: Page, right: int) -> Content:
    if right == page.chosen:
        return Content.styled("As you said.", "bold $success")
    return Content.styled(f"{page.judge} {'abcd'[right]}, {page.options[right]}.", "bold $warning")


def _option(page: Page, index: int, width: int) -> Content:
    mark, style = "  ", ""
    if page.right == index:
        mark, style = "✓ ", "bold $success"
    elif page.chosen == index:
        mark, style = ("✗ ", "$warning") if page.right is not None else ("› ", "bold")
    text = textwrap.fill(
        page.options[index], width, initial_indent=f"{mark}{'abcd'[index]}  ", subsequent_indent=" " * _INDENT
    )
    if page.chosen is None or (page.reopened and page.chosen != index):
        letter = len(mark)
        return _link(text, f"answer_{'abcd'[index]}").stylize("bold $accent", letter, letter + 1)
    return Content.styled(text, style)


def _columns(columns: Columns, width: int) -> list[Content]:
    """Side by side where each has room to read well, else one below the other; an empty line before them.

    One below the other, headings of a single paragraph each run into it.
    """
    if not columns:
        return []
    across = (width - _GAP * (len(columns) - 1)) // len(columns)
    if across < _NARROWEST and all(len(column) == 2 for column in columns):
        return [Content(""), *(Content.assemble((f"{heading}: ", "bold"), said) for heading, said in columns)]
    if across < _NARROWEST:
        blocks = [[Content.styled(heading, "bold"), *map(Content, said)] for heading, *said in columns]
        return [line for block in blocks for line in [Content(""), *block]]
    wrapped = [
        [heading, *(line for text in said for line in textwrap.wrap(text, across) or [""])]
        for heading, *said in columns
    ]
    rows = zip_longest(*wrapped, fillvalue="")
    joined = [(" " * _GAP).join(cell.ljust(across) for cell in row).rstrip() for row in rows]
    return [Content(""), Content.styled(joined[0], "bold"), *map(Content, joined[1:])]


def _table(table: Sequence[Sequence[str]], width: int) -> list[Content]:
    """Rows of cells: figures to the right, words to the left; the last column wraps where it is words."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    right = [number > 0 and _is_figures([row[number] for row in table[1:]]) for number in range(len(widths))]
    before = sum(widths[:-1]) + 2 * (len(widths) - 1)
    room = max(width - before, _NARROWEST // 2)
    lines: list[Content] = []
    for number, row in enumerate(table):
        cells = [
            cell.rjust(size) if to_right else cell.ljust(size)
            for cell, size, to_right in zip(row, widths, right, strict=True)
        ]
        last = textwrap.wrap(row[-1], room) if len(row[-1]) > room and not right[-1] else [cells[-1]]
        text = "  ".join([*cells[:-1], last[0]]).rstrip()
        text += "".join(f"\n{' ' * before}{line}" for line in last[1:])
        lines.append(Content.styled(text, "$text-muted" if number == 0 else ""))
    return lines


def _charts(curves: Sequence[Curve], axes: str, width: int) -> list[Content]:
    """What they are, then of each curve its name and ends, and its bars."""
    top = max((y for curve in curves for y in curve.ys), default=0.0)
    lines = [Content(""), Content.styled(axes, "bold")] if curves else []
    for curve in curves:
        ends = with_minus(f"{curve.name}: first {curve.ys[0]:.3g}, last {curve.ys[-1]:.3g}")
        bars = Content.styled(sparkline(curve.ys, width, top), "$accent")
        lines += [Content.styled(ends, "$text-muted"), bars]
    return lines


def _is_figures(cells: Sequence[str]) -> bool:
    """Whether a column holds nothing but numbers, or nothing."""
    return all(not cell or cell[0] in _FIGURES for cell in cells)


def _link(text: str, key: str) -> Content:
    return Content.from_markup(f"[@click=screen.press('{key}')]$text[/]", text=text)
