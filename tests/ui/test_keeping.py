"""What leaves the explorer as a file says no more than the settings allow."""

from pathlib import Path

import numpy as np
import pytest
from textual.widgets import Input, Static

from tdiff.recipe import Recipe
from tdiff.recipe.axis import parse_axis
from tdiff.store.config import Config, Privacy
from tdiff.ui.screens.export_dialog import ExportDialog
from tdiff.ui.screens.grid_screen import GridScreen

PRIVATE = Config(privacy=Privacy(keep_prompts=False))
SECRET = Recipe(prompt="a purple octopus", steps=2, seed=5)


def said_in(folder: Path) -> str:
    """Names and bytes of all pictures there."""
    return "".join(f"{path.name} {path.read_bytes().decode('latin-1')}" for path in folder.glob("*.png"))


@pytest.mark.parametrize(("config", "named"), [(Config(), True), (PRIVATE, False)])
async def test_the_name_that_is_offered_holds_the_prompt_only_where_files_may(
    explorer, until, folders, config, named
) -> None:
    app = explorer(1, config, recipe=SECRET)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.session.at_end)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ExportDialog) and app.screen.query(Input))
        assert ("octopus" in app.screen.query_one("#ask-path", Input).value) is named
        await pilot.press("enter")
        await until(pilot, lambda: list(folders.glob("*.png")))
        assert ("octopus" in said_in(folders)) is named


@pytest.mark.parametrize(("config", "named"), [(Config(), True), (PRIVATE, False)])
async def test_a_sheet_of_a_grid_holds_the_prompt_only_where_files_may(explorer, until, folders, config, named) -> None:
    app = explorer(1, config, recipe=SECRET)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        grid = GridScreen(app.pipeline, SECRET, parse_axis("seed=1,2"), None, "true")
        await app.push_screen(grid)
        await until(pilot, lambda: all(picture is not None for picture in grid._pictures))
        await pilot.press("e")
        await until(pilot, lambda: list(folders.glob("*.png")))
        assert ("octopus" in said_in(folders)) is named


async def test_it_is_said_that_the_labels_of_a_sheet_show_prompts(explorer, until) -> None:
    app = explorer(1, PRIVATE, recipe=SECRET)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        grid = GridScreen(app.pipeline, SECRET, parse_axis("prompt=a cat,a dog"), None, "true")
        await app.push_screen(grid)
        await until(pilot, lambda: all(isinstance(picture, np.ndarray) for picture in grid._pictures))
        await pilot.press("e")
        await pilot.pause()
        assert "labels show" in grid.query_one("#about", Static).visual.plain
