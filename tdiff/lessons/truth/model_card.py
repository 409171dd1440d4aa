"""The model card that ships, as pages of plain text that fit a narrow column."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tdiff.lessons.core.errors import LessonError
from tdiff.paths import assets_dir
from tdiff.text import clean_text

NAME: Final = "MODEL_CARD.md"
PAGE_LINES: Final = 16
_SIZE_LIMIT = 256 * 1024  # bytes
_NARROWEST = 24
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_EMPHASIS = re.compile(r"\*{1,2}([^*\s](?:[^*]*[^*\s])?)\*{1,2}")
_RULE = re.compile(r"\|[\s|:-]+\|")  # below the header of a table

Block = tuple[str, ...]
"""Lines that stay on one page where they can: a paragraph, a bullet, a row of a table."""


@dataclass(frozen=True, slots=True)
class CardPage:
    """A page.

    Attributes:
        title: heading of its section, numbered where that has several pages.
        lines: at most `PAGE_LINES`, none wider than was asked for.
    """

    title: str
    lines: tuple[str, ...]


def model_card_path() -> Path:
    """Return where the model card is: among the assets in a wheel, beside them in a checkout.

    Raises:
        LessonError: it is in neither place.
    """
    assets = assets_dir()
    for folder in (assets, assets.parent):
        if (folder / NAME).is_file():
            return folder / NAME
    raise LessonError(f"{NAME} is not beside tdiff's assets", remedy="reinstall tdiff-explorer")


def model_card_pages(width: int, path: Path | None = None, height: int = PAGE_LINES) -> tuple[CardPage, ...]:
    """Read the model card.

    Args:
        width: columns, at least 24.
        path: the file, Markdown; the shipped one by default.
        height: lines of a page.

    Raises:
        LessonError: it cannot be read, or has no text.
    """
    path = model_card_path() if path is None else path
    try:
        with path.open("rb") as file:
            text = file.read(_SIZE_LIMIT).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LessonError(
            f"{path.name}, the model card, cannot be read ({error})", remedy="reinstall tdiff-explorer"
        ) from error
    width = max(width, _NARROWEST)
    pages = tuple(page for title, body in _sections(text) for page in paged(title, _blocks(body, width), height))
    if not pages:
        raise LessonError(f"{path.name}, the model card, is empty", remedy="reinstall tdiff-explorer")
    return pages


def paged(title: str, blocks: Sequence[Block], height: int = PAGE_LINES) -> Iterator[CardPage]:
    """Fill pages with blocks, which are torn only where one alone is longer than a page."""
    pages: list[list[str]] = [[]]
    for block in blocks:
        if pages[-1] and len(pages[-1]) + len(block) > height:
            pages.append([])
        for line in block:
            if len(pages[-1]) == height:
                pages.append([])
            if line or pages[-1]:  # no page begins with an empty line
                pages[-1].append(line)
    kept = [page for page in pages if any(page)]
    for number, page in enumerate(kept, 1):
        yield CardPage(f"{title} ({number} of {len(kept)})" if len(kept) > 1 else title, tuple(page))


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """Heading and lines of each section, empty ones left out."""
    title, body = "Model card", list[str]()
    for line in text.splitlines():
        heading = re.match(r"#+\s+(.*)", line)
        line = _PICTURE.sub("", line)
        if heading is None:
            body.append(line)
            continue
        if any(part.strip() for part in body):
            yield title, body
        title, body = _plain(heading[1]), []
    if any(part.strip() for part in body):
        yield title, body


def _blocks(lines: Sequence[str], width: int) -> list[Block]:
    """Paragraphs, bullets and tables of a section, wrapped; an empty line between them."""
    blocks: list[Block] = []
    for group in _groups(lines):
        if blocks:
            blocks.append(("",))
        if group[0].startswith("|"):
            blocks += _table([_cells(row) for row in group if not _RULE.fullmatch(row.strip())], width)
        else:
            blocks += [_wrapped(item, width) for item in _items(group)]
    return blocks


def _groups(lines: Sequence[str]) -> Iterator[list[str]]:
    """Runs of lines without an empty one between."""
    group: list[str] = []
    for line in (*lines, ""):
        if line.strip():
            group.append(line)
        elif group:
            yield group
            group = []


def _items(group: Sequence[str]) -> Iterator[str]:
    """A paragraph as one line, or each of its bullets."""
    item = ""
    for line in group:
        bullet = re.match(r"\s*[*-]\s+(.*)", line)
        if bullet is not None and item:
            yield item
            item = ""
        item = f"• {bullet[1]}" if bullet is not None else f"{item} {line.strip()}".strip()
    yield item


def _wrapped(item: str, width: int) -> Block:
    return tuple(textwrap.wrap(_plain(item), width, subsequent_indent="  " if item.startswith("•") else ""))


def _table(rows: Sequence[Sequence[str]], width: int) -> list[Block]:
    """A block for each row: in columns where they fit, else each cell with its heading."""
    columns = max(map(len, rows))
    full = [[*row, *[""] * (columns - len(row))] for row in rows]
    widths = [max(len(row[column]) for row in full) for column in range(columns)]
    if sum(widths) + 2 * (columns - 1) <= width:
        return [("  ".join(cell.ljust(room) for cell, room in zip(row, widths, strict=True)).rstrip(),) for row in full]
    header, *body = full
    blocks: list[Block] = []
    for first, *rest in body:
        named = [_named(name, cell) for name, cell in zip(header[1:], rest, strict=True) if cell]
        text = f"• {first}: {'; '.join(named)}" if named else f"• {first}"
        blocks.append(tuple(textwrap.wrap(text, width, subsequent_indent="  ")))
    return blocks


def _named(name: str, cell: str) -> str:
    """A figure with its heading, as in "model 0.84"; words speak for themselves."""
    return f"{name} {cell}".strip() if cell[0].isdigit() else cell


def _cells(row: str) -> list[str]:
    return [_plain(cell) for cell in row.strip().strip("|").split("|")]


def _plain(text: str) -> str:
    """A line without Markdown's signs, and with nothing in it that could act on a terminal."""
    return clean_text(_EMPHASIS.sub(r"\1", _LINK.sub(r"\1", text)).replace("`", "").strip(), 10_000)
