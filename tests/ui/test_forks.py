"""What a fork shows, and what is kept of it."""

import numpy as np
import pytest

from tdiff.pipeline import to_pixels
from tdiff.store.history import History
from tdiff.ui.screens.gallery_screen import GalleryScreen
from tdiff.ui.widgets.canvases import Canvases
from tdiff.views.fork import Fork

from .looking import BIG, QUICK, SMALL, notice, seen

pytestmark = pytest.mark.slow


def on_the_bench(studio) -> bool:
    return studio.view is studio.controller.run and studio.session.at_end


async def ready(app, pilot, until):
    await until(pilot, lambda: app.pipeline is not None and app.screen.session.at_end)
    await until(pilot, lambda: len(app.screen.history.newest()) == 1)
    return app.screen


async def test_one_canvas_shows_b_once_it_was_changed_and_the_bench_after_it(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        studio = await ready(app, pilot, until)
        await pilot.press("left", "left", "f", "slash", "ctrl+u", *"a", "space", *"car", "enter")
        await until(pilot, lambda: isinstance(studio.view, Fork) and studio.view.b.finished)
        await until(pilot, lambda: studio.query_one(Canvases).front.title == "B forked")
        await pilot.press("tab", "tab")  # to A
        await pilot.press("g", "right", "escape")
        await until(pilot, lambda: studio.query_one(Canvases).front.title == "B forked")
        await pilot.press("b")
        await pilot.pause()
        assert studio.query_one(Canvases).front.title == "now x_t"


async def test_where_a_and_b_are_both_in_sight_the_canvases_stay(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await ready(app, pilot, until)
        await pilot.press("left", "f", "g", "right", "escape")
        await until(pilot, lambda: isinstance(studio.view, Fork) and studio.view.b.finished)
        assert studio.query_one(Canvases).front.title == "A as it was"


async def test_b_is_kept_with_a_recipe_that_makes_it_again(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await ready(app, pilot, until)
        await pilot.press("left", "left", "f", "slash", "ctrl+u", *"a", "space", *"car", "enter")
        await until(pilot, lambda: len(studio.history.newest()) == 2)
        kept, made = studio.history.newest()[0], to_pixels(studio.view.b.final[0])
        assert kept.pixels == made.tobytes() and not kept.note
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, GalleryScreen) and len(app.screen.thumbnails) == 2)
        await pilot.press("enter")
        await until(
            pilot, lambda: app.screen is studio and studio.session.at_end and studio.view is studio.controller.run
        )
        assert np.abs(to_pixels(studio.session.trace.final[0]).astype(int) - made).max() <= 1


async def test_b_that_no_recipe_repeats_is_kept_and_says_so(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await ready(app, pilot, until)
        await pilot.press("left", "left", "f", "r")
        await until(pilot, lambda: len(studio.history.newest()) == 2)
        kept = studio.history.newest()[0]
        assert kept.pixels == to_pixels(studio.view.b.final[0]).tobytes()
        assert kept.note == f"Fork at step 3: seed {kept.recipe.seed}"
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, GalleryScreen) and len(app.screen.thumbnails) == 2)
        await until(pilot, lambda: kept.note in seen(app))
        await pilot.press("enter")
        await until(
            pilot, lambda: app.screen is studio and studio.session.at_end and studio.view is studio.controller.run
        )
        assert "no recipe repeats" in notice(app)
        await until(pilot, lambda: len(History().newest()) == 3)  # the plain run of that seed is another picture
