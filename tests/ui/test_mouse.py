"""What the mouse does: everything that keys do, and nothing by accident."""

import pytest
from textual.events import MouseScrollDown, MouseScrollUp

from tdiff.ui.screens.help_screen import HelpScreen
from tdiff.ui.widgets.guidance_slider import GuidanceSlider
from tdiff.ui.widgets.scrubber import Scrubber
from tdiff.ui.widgets.settings_line import SettingsLine

from .looking import BIG, QUICK, SMALL, notice


@pytest.mark.parametrize("x", [3, -3])
async def test_a_click_on_the_name_or_the_value_of_the_slider_leaves_it_where_it_is(explorer, until, x: int) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        slider = app.screen.query_one(GuidanceSlider)
        await pilot.click(GuidanceSlider, offset=(x % slider.size.width, 0))
        await pilot.pause()
        assert app.focused is slider and app.screen.session.recipe == QUICK


async def test_the_wheel_moves_along_a_run_but_takes_no_first_step(explorer, until) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        scrubber, session = app.screen.query_one(Scrubber), app.screen.session
        await pilot._post_mouse_events([MouseScrollDown], widget=scrubber)
        await pilot.pause()
        assert session.trace is None
        await pilot.press("enter")
        await until(pilot, lambda: session.at_end)
        await pilot._post_mouse_events([MouseScrollUp], widget=scrubber)
        await until(pilot, lambda: session.cursor == QUICK.steps - 1)
        await pilot._post_mouse_events([MouseScrollDown], widget=scrubber)
        await until(pilot, lambda: session.at_end)


async def test_the_wheel_over_the_settings_turns_the_steps_both_ways(explorer, until) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        line, session = app.screen.query_one(SettingsLine), app.screen.session
        await pilot._post_mouse_events([MouseScrollUp], widget=line)
        await until(pilot, lambda: session.recipe.steps == 6)
        await pilot._post_mouse_events([MouseScrollDown], widget=line)
        await until(pilot, lambda: session.recipe.steps == 4)


async def test_help_stays_while_its_text_is_clicked_and_closes_by_a_click_beside_it(explorer, until) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.click(offset=(BIG[0] // 2, BIG[1] // 2))
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        await pilot.click(offset=(2, 2))
        await until(pilot, lambda: not isinstance(app.screen, HelpScreen))


@pytest.mark.parametrize("where", [Scrubber, GuidanceSlider])
async def test_what_was_said_of_the_end_goes_when_the_mouse_leaves_it(explorer, until, where) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.session.at_end)
        await pilot.press("enter")
        assert "this is the end" in notice(app)
        await pilot.click(where, offset=(14, 0) if where is GuidanceSlider else (2, 0))
        await pilot.pause()
        assert "this is the end" not in notice(app)
