"""Several pictures in one canvas, and headings that are too long for theirs."""

import numpy as np
import pytest

from tdiff.ui.layout import Arrangement
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.pane import heading
from tdiff.ui.widgets.status_lines import shared
from tdiff.views.figures import Figure, with_overview

from .looking import QUICK, SMALL, seen


def plain(value: int) -> np.ndarray:
    return np.full((32, 32, 3), value, np.uint8)


def test_an_overview_names_its_pictures_and_keeps_them_apart() -> None:
    figures = tuple(Figure(f"no. {value}", plain(value)) for value in (50, 100, 150, 200, 250))
    first, *others = with_overview(figures)
    assert first.parts == ("no. 50", "no. 100", "no. 150", "no. 200")
    assert [int(first.picture[y, x, 0]) for y, x in ((4, 4), (4, 28), (28, 4), (28, 28))] == [50, 100, 150, 200]
    assert (first.picture[15:17] == first.picture[0, 16]).all()
    assert tuple(others) == figures


@pytest.mark.parametrize(
    ("title", "note", "width", "shown"),
    [
        ("now x_t", "", 32, "now x_t  2/5 tab"),
        ("nearest trained on", "0.123 away", 32, "nearest trained… 0.123 away 2/5"),
        ("nearest trained on", "0.123 away", 64, "nearest trained on  0.123 away  2/5 tab"),
    ],
)
def test_a_heading_that_is_too_long_keeps_its_number(title: str, note: str, width: int, shown: str) -> None:
    assert heading(Figure(title, None, note), "2/5 tab", width).plain == shown


async def test_the_line_of_the_command_names_an_overviews_pictures_while_it_is_in_front(explorer, until) -> None:
    app = explorer(3, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("a")
        await until(pilot, lambda: app.screen.course.outcome is not None and app.screen.course.outcome.done)
        await pilot.pause()
        names = [pane.title for pane in app.screen.course.outcome.panes[:4]]
        assert all(f"{corner} {name[:12]}" in seen(app) for corner, name in zip("▘▝▖▗", names, strict=False))
        assert "$ tdiff generate" not in seen(app)
        await pilot.press("tab")
        await pilot.pause()
        assert "no one command makes these pictures" in seen(app)


async def test_a_heading_that_was_cut_is_whole_again_where_there_is_more_room(
    explorer, until, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = explorer(3, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        canvases = app.screen.query_one(Canvases)
        monkeypatch.setattr(app.screen.drawing, "draw", lambda: None)  # the screen would show its own figures again
        canvases.show([Figure("a title that is longer than its room", plain(9), "0.123 away")])
        assert "room" not in seen(app)
        await canvases.fit(Arrangement("above", scale=2))
        await pilot.pause()
        assert "a title that is longer than its room  0.123 away" in seen(app)


@pytest.mark.parametrize(
    ("wanted", "room", "rooms"),
    [
        ([10, 10], 40, [10, 10]),  # there is room for all
        ([16, 8, 13, 16], 61, [16, 8, 13, 16]),
        ([22, 8, 9, 30], 60, [21, 8, 9, 22]),  # what the short ones leave goes to the long ones
        ([30, 30], 5, [8, 8]),  # none vanishes
    ],
)
def test_names_share_the_line_under_the_pictures(wanted, room, rooms) -> None:
    assert shared(wanted, room) == rooms


async def test_the_quarters_of_a_lab_without_a_recipe_are_named_too(explorer, until) -> None:
    app = explorer(2, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("l")
        await pilot.pause()
        for name in ("mixture x_t", "noise ε", "the model's ε̂", "difference"):
            assert name in seen(app)
        await pilot.press("tab")
        await pilot.pause()
        assert "no one command makes these pictures" in seen(app)
