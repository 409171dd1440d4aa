"""The studio's live picture, which follows what is typed."""

import numpy as np
import pytest
from PIL import Image

from tdiff.pipeline import load
from tdiff.recipe import Recipe
from tdiff.ui.widgets.prompt_field import PromptField
from tdiff.ui.widgets.scrubber import Scrubber
from tdiff.ui.widgets.settings_line import SettingsLine
from tdiff.views.live import Live
from tdiff.views.morph import Morph

from .looking import BIG, QUICK, notice, opened, seen

pytestmark = pytest.mark.slow


def settings(app) -> str:
    return app.screen.query_one(SettingsLine).visual.plain


async def test_the_picture_follows_the_typing_and_is_never_stale(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("slash", "ctrl+u", *"a", "space", *"cat")
        await until(pilot, lambda: studio.drawing.figures()[0].title == "live")
        expected = Recipe(prompt="a cat", steps=8, sampler="dpmpp2m", seed=1)
        assert np.abs(studio.drawing.figures()[0].picture.astype(int) - load().generate(expected)[0]).max() <= 1
        await pilot.press("escape")
        await pilot.pause()
        assert studio.drawing.figures()[0].title == "finished picture"
        assert studio.session.recipe == QUICK


async def test_beside_a_live_picture_stand_its_own_settings_and_steps(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("slash", "s")
        await until(pilot, lambda: studio.drawing.figures()[0].title == "live")
        await until(pilot, lambda: "done in 8 steps" in seen(app) and "dpmpp2m" in settings(app))
        plot = studio.view.plot()
        (curve,) = plot.curves
        assert plot.cursor == curve.xs[-1] == 8 and curve.ys[-1] == 0
        await pilot.press("escape")
        await until(pilot, lambda: "done in 4 steps" in seen(app) and "dpmpp2m" not in settings(app))


async def test_beside_a_live_picture_nothing_else_is_changed_unseen(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("slash", "s")
        await until(pilot, lambda: isinstance(studio.view, Live) and studio.view.shown is not None)
        await pilot.click(SettingsLine, offset=(2, 0))
        await until(pilot, lambda: "esc leaves it" in notice(app))
        await pilot.click(Scrubber, offset=(2, 0))
        await pilot.pause()
        await pilot.press("escape")
        await until(pilot, lambda: studio.view is studio.controller.run)
        assert studio.session.recipe == QUICK and studio.session.at_end


async def test_a_live_picture_over_a_morph_has_the_words_of_a_run(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("m", "tab", "9", "tab", "backspace", "3", "enter")
        await until(pilot, lambda: isinstance(studio.view, Morph) and len(studio.view.pictures) == 3)
        assert "station" in seen(app)
        await pilot.press("slash", "s")
        await until(pilot, lambda: "done in 8 steps" in seen(app) and "station" not in seen(app))


async def test_a_live_picture_from_a_picture_counts_the_steps_it_took(explorer, until) -> None:
    Image.new("RGB", (64, 48), (200, 30, 30)).save("mine.png")
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("i", *"mine.png", "tab", "ctrl+u", *"0.5", "enter")
        await until(pilot, lambda: studio.session.recipe.start is not None and studio.session.at_end)
        await pilot.press("slash", "s")
        await until(pilot, lambda: isinstance(studio.view, Live) and studio.view.shown is not None)
        steps = len(studio.view.shown)
        assert steps < 8
        await until(pilot, lambda: f"done in {steps} steps" in seen(app) and f"live  {steps} steps" in seen(app))


async def test_while_keys_come_only_the_text_follows(explorer, until, monkeypatch) -> None:
    monkeypatch.setattr("tdiff.ui.widgets.prompt_field.PAUSE_SECONDS", 3600)  # however slow the machine is
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("slash", "ctrl+u", *"a", "space", *"cat")
        await until(pilot, lambda: app.focused.value == "a cat")
        assert not isinstance(studio.view, Live)
        app.screen.query_one(PromptField)._rest("a cat")
        await until(pilot, lambda: studio.drawing.figures()[0].title == "live")
        assert studio.view.recipe.prompt == "a cat"
