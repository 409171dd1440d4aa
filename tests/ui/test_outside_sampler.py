"""A sampler that tdiff does not ship, in the explorer."""

from collections.abc import Iterator

import numpy as np
import pytest

from tdiff.pipeline import load, to_pixels
from tdiff.recipe import Recipe
from tdiff.samplers import SAMPLERS
from tests.samplers.glide import offered
from tests.ui.looking import BIG, notice, seen
from tests.ui.test_shown_command import shown_command

LAST = list(SAMPLERS)[-1]
"""Of those that ship."""


@pytest.fixture(autouse=True)
def glide() -> Iterator[None]:
    with offered():
        yield


async def test_s_comes_to_it_and_past_it_and_t_sets_its_noise(explorer, until) -> None:
    app = explorer(recipe=Recipe(prompt="a red apple", steps=3, seed=1, sampler=LAST))
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        session = app.screen.session
        await pilot.press("s")
        assert notice(app) == "Glide: written elsewhere (Nobody 2026)"
        await pilot.press("t", "p")
        await until(pilot, lambda: session.at_end)
        assert session.recipe == Recipe(prompt="a red apple", steps=3, seed=1, sampler="glide", eta=0.5)
        *_, last = load().sample(session.recipe)
        assert np.abs(to_pixels(session.trace.final[0]).astype(int) - to_pixels(last.x_next[0])).max() <= 1
        assert "glide" in seen(app) and "η 0.5" in seen(app)
        assert "--sampler glide --eta 0.5" in shown_command(app)
        await pilot.press("s")
        await until(pilot, lambda: session.recipe.sampler == next(iter(SAMPLERS)))
        assert session.recipe.eta == 0.0


async def test_the_palette_offers_it(explorer, until) -> None:
    app = explorer()
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("colon", *"Glide")
        await until(pilot, lambda: "Sampler: glide" in seen(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.session.recipe.sampler == "glide")
