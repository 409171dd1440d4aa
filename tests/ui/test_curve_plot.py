"""Curves are told apart without colour, and a legend has the colours of its curves."""

import re

import pytest
from textual.app import App

from tdiff.ui.widgets.curve_plot import CurvePlot
from tdiff.views.curve import Curve

FALLING = Curve("layout", (1.0, 2.0, 3.0, 20.0), (0.9, 0.8, 0.7, 0.6))
RISING = Curve("detail", (1.0, 2.0, 3.0, 20.0), (0.1, 0.2, 0.3, 0.4))
BRAILLE = re.compile("[\u2801-\u28ff]")


@pytest.fixture(autouse=True)
def coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)


class Plotted(App):
    def compose(self):
        yield CurvePlot()


async def rows(curves, width: int = 80) -> list[list[tuple[str, str]]]:
    """Each line of the screen as (character, colour)."""
    app = Plotted()
    async with app.run_test(size=(width, 20)) as pilot:
        app.query_one(CurvePlot).show(curves, "clean guess", "correlation with the finished picture")
        await pilot.pause()
        await pilot.pause()
        lines = []
        for strip in app.screen._compositor.render_strips():
            cells = []
            for segment in strip:
                colour = segment.style.color.name if segment.style and segment.style.color else ""
                cells += [(character, colour) for character in segment.text]
            lines.append(cells)
        return lines


async def test_a_legend_has_the_colours_and_the_strokes_of_its_curves() -> None:
    lines = await rows([FALLING, RISING])
    title = "".join(character for character, _ in lines[0])
    assert title.strip().startswith("━ layout, ╌ detail   correlation")
    named = [lines[0][title.index(sign)][1] for sign in "━╌"]
    drawn = [{colour for character, colour in line if BRAILLE.match(character)} for line in lines[1:] if line]
    assert set().union(*drawn) == set(named) and len(set(named)) == 2


async def test_curves_that_come_before_the_plot_has_its_parts_are_drawn_once_it_has() -> None:
    app = App()
    async with app.run_test() as pilot:
        plot = CurvePlot()
        mounted = app.screen.mount(plot)
        plot.show([FALLING, RISING], "clean guess", "correlation")
        await mounted
        await pilot.pause()
        seen = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "correlation by clean guess" in seen and BRAILLE.search(seen)


async def test_a_legend_that_is_longer_than_its_line_goes_on_in_the_next() -> None:
    lines = ["".join(character for character, _ in line) for line in await rows([FALLING, RISING], 44)]
    assert " ".join(" ".join(lines[:2]).split()).endswith("correlation with the finished picture by clean guess")


@pytest.mark.parametrize(("curves", "broken"), [([FALLING], 0), ([FALLING, RISING], 1)])
async def test_the_second_curve_is_drawn_in_dashes(curves, broken: int) -> None:
    lines = await rows(curves)
    title = "".join(character for character, _ in lines[0])
    gaps = 0
    for sign in ("━", "╌"):
        colour = lines[0][title.index(sign)][1] if sign in title else ""
        columns = {
            x for line in lines[1:] for x, (character, drawn) in enumerate(line)
            if BRAILLE.match(character) and (drawn == colour or not colour)
        }  # fmt: skip
        gaps += bool(columns and len(columns) < max(columns) - min(columns) + 1)
        if not colour:
            break
    assert gaps == broken
