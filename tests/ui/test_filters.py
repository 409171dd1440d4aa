"""What a widget lets through acts on no terminal, and the line keeps its width."""

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.strip import Strip

from tdiff.ui.filters import LITERAL
from tests.hostile import HOSTILE, SURROGATES, acts


@pytest.mark.parametrize("text", [*HOSTILE, *SURROGATES])
def test_nothing_that_acts_passes_and_the_width_stays(text: str) -> None:
    strip = Strip([Segment("▀ ✓"), Segment(text)])
    (plain, filtered) = strip.apply_filter(LITERAL, Color(0, 0, 0))
    assert plain.text == "▀ ✓"
    assert not any(map(acts, filtered.text))
    assert cell_len(filtered.text) == cell_len(text)
