"""A filter before Textual's own, which fail on segments without a style: textual-plot makes some at first."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

_PLAIN = Style.null()


class Styled(LineFilter):
    """Gives every segment a style."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments, those without a style with a plain one."""
        if all(segment.style is not None for segment in segments):
            return segments
        return [segment if segment.style is not None else Segment(segment.text, _PLAIN) for segment in segments]


_STYLED = Styled()  # one for all: strips remember what a filter made of them by the filter's identity


def styled_first(filters: Sequence[LineFilter]) -> list[LineFilter]:
    """The filters, with ours before them where there are any."""
    return [_STYLED, *filters] if filters else []
