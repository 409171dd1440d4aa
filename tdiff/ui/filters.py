"""Filters before Textual's own: for segments without a style, on which those fail, for text that could act, and for
characters that the terminal's encoding lacks.
"""

from collections.abc import Sequence
from functools import cache

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from tdiff.plain import plain_in_place
from tdiff.text import clean_in_place

_PLAIN = Style.null()


class Styled(LineFilter):
    """Gives every segment a style: textual-plot makes some without at first."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments, those without a style with a plain one."""
        if all(segment.style is not None for segment in segments):
            return segments
        return [segment if segment.style is not None else Segment(segment.text, _PLAIN) for segment in segments]


class Literal(LineFilter):
    """Takes out whatever could act on the terminal, should a widget let it through.

    Widgets clean text from outside, so that it is shown. This is what stands behind them: it replaces what it finds
    by as many cells as it took, since a line has its width by now.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without such characters."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [Segment(_inert(text), style, control) for text, style, control in segments]


def _inert(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        character if cleaned == character else cleaned * max(cell_len(character), 0)
        for character, cleaned in zip(text, clean_in_place(text), strict=True)
    )


class Encodable(LineFilter):
    """Draws with what the terminal's encoding has, cell for cell: a line has its width by now.

    Args:
        encoding: of the terminal.
    """

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with other characters in place of those that cannot be shown."""
        return [Segment(self._encodable(text), style, control) for text, style, control in segments]

    def _encodable(self, text: str) -> str:
        if text.isascii():
            return text
        return "".join(plain_in_place(character, self._encoding) * cell_len(character) for character in text)


# One of each for all: strips remember what a filter made of them by the filter's identity.
_STYLED, LITERAL = Styled(), Literal()
_encodable = cache(Encodable)


def around(filters: Sequence[LineFilter], encoding: str = "utf-8") -> list[LineFilter]:
    """The filters, with ours before them.

    Args:
        filters: Textual's.
        encoding: of the terminal.
    """
    ours = [LITERAL] if encoding.lower() in ("utf-8", "utf8") else [LITERAL, _encodable(encoding)]
    return [*ours, _STYLED, *filters] if filters else [*ours]
