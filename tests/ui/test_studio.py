"""The studio: what a person plays with."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tdiff.errors import TdiffError
from tdiff.pipeline import load
from tdiff.provenance import read_metadata
from tdiff.recipe import Switch
from tdiff.store.config import Config, Privacy
from tdiff.store.history import History
from tdiff.ui.screens.gallery_screen import GalleryScreen
from tdiff.ui.screens.grid_screen import GridScreen
from tdiff.ui.widgets.status_lines import CommandLine
from tdiff.ui.widgets.thumbnail import Thumbnail
from tdiff.views.comparison import Comparison
from tdiff.views.fork import Fork
from tdiff.views.morph import Morph

from .looking import BIG, QUICK, notice, opened, seen

pytestmark = pytest.mark.slow


async def test_a_fork_shares_what_was_before_and_says_how_to_repeat_it(explorer, until, folders) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("left", "left", "f", "slash", "ctrl+u", *"a", "space", *"car", "enter")
        await until(pilot, lambda: isinstance(studio.view, Fork) and studio.view.b.finished)
        fork = studio.view
        assert fork.index == 2
        assert fork.a[1] is fork.b[1]
        gaps = fork.plot().curves[0].ys
        assert gaps[:3] == (0, 0, 0) and gaps[-1] > 0
        command = studio.query_one(CommandLine).command
        assert "--switch '3:a car'" in command
        made = load().generate(fork.recipe_b)[0]
        assert np.abs(studio.drawing.figures()[1].picture.astype(int) - made).max() <= 1
        await pilot.press("e", "ctrl+u", *"b.json", "enter")
        await until(pilot, lambda: (folders / "b.json").exists())
        assert json.loads((folders / "b.json").read_text())["switches"] == [{"from_step": 3, "prompt": "a car"}]
        await pilot.press("u")
        await pilot.pause()
        assert studio.view is studio.controller.run and studio.session.recipe == QUICK
        await pilot.press("left", "f", "escape")
        await pilot.pause()
        assert studio.view is studio.controller.run and studio.session.recipe == QUICK


async def test_what_no_recipe_repeats_is_not_exported_as_something_else(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("left", "f", "g", "right", "escape")
        await until(pilot, lambda: isinstance(studio.view, Fork) and studio.view.b.finished)
        await pilot.press("e")
        await pilot.pause()
        assert app.screen is studio and "no recipe repeats this" in notice(app)


async def test_two_compared_pictures_are_saved_side_by_side_and_as_a_film(explorer, until, folders) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("a", "s")
        await until(pilot, lambda: studio.session.at_end and studio.session.recipe.sampler == "euler")
        await pilot.press("a")
        await until(pilot, lambda: isinstance(studio.view, Comparison))
        await pilot.press("e", "ctrl+u", *"both.png", "enter")
        await until(pilot, lambda: (folders / "both.png").exists())
        await pilot.press("e", "ctrl+u", *"both.gif", "enter")
        await until(pilot, lambda: (folders / "both.gif").exists())
        width, height = Image.open("both.png").size
        assert width > 2 * 32 * 4 > height > 32 * 4
        assert Image.open("both.gif").n_frames == 2
        assert read_metadata(Path("both.png")).says_ai_made
        await pilot.press("e", "ctrl+u", *"both.json", "enter")
        await pilot.pause()
        assert "must end in one of .png, .gif" in app.screen.query_one(".trouble").visual.plain


async def test_right_at_the_end_of_a_prompt_completes_nothing_and_tab_does(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("slash", "ctrl+u", *"a", "space", *"cat", "right", "enter")
        await until(pilot, lambda: studio.session.at_end and studio.session.recipe.prompt == "a cat")
        await pilot.press("slash", "ctrl+u", *"cater")
        await pilot.pause(0.2)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: studio.session.recipe.prompt == "caterpillar")


async def test_a_morph_to_words_without_effect_is_refused(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        await opened(app, pilot, until)
        await pilot.press("m", *"zzzqqq", "enter")
        await pilot.pause()
        assert "no word of this prompt is known" in app.screen.query_one(".trouble").visual.plain


async def test_two_pictures_are_compared_with_what_differs(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("a", "s")
        await until(pilot, lambda: studio.session.at_end)
        await pilot.press("a")
        await pilot.pause()
        assert isinstance(studio.view, Comparison)
        assert studio.view.table() == (("", "A", "B"), ("sampler", "ddim", "euler"))


async def test_a_grid_is_made_and_a_cell_comes_to_the_bench(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("w", "enter")
        await until(
            pilot, lambda: isinstance(app.screen, GridScreen) and all(p is not None for p in app.screen._pictures)
        )
        grid = app.screen
        expected = load().generate(QUICK.replace(guidance=1.0, seed=2))[0]
        assert np.abs(grid._pictures[5].astype(int) - expected).max() <= 1
        await pilot.press("e")
        await pilot.pause()
        assert Image.open("a-red-apple-grid.png").width > 200
        await pilot.press("right", "down", "enter")
        await until(pilot, lambda: app.screen is studio and studio.session.at_end)
        assert studio.session.recipe == QUICK.replace(guidance=1.0, seed=2)


async def test_a_grid_with_a_wrong_axis_is_refused_and_the_dialog_stays(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        await opened(app, pilot, until)
        await pilot.press("w", "ctrl+u", *"colour", "enter")
        await pilot.pause()
        assert "an axis is FIELD=VALUES" in app.screen.query_one(".trouble").visual.plain


async def test_a_morph_between_seeds_begins_and_ends_with_their_pictures(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("m", "tab", "9", "tab", "backspace", "5", "enter")
        await until(pilot, lambda: isinstance(studio.view, Morph) and len(studio.view.pictures) == 5)
        first, last = studio.view.pictures[0], studio.view.pictures[-1]
        assert np.abs(first.astype(int) - load().generate(QUICK)[0]).max() <= 1
        assert np.abs(last.astype(int) - load().generate(QUICK.replace(seed=9))[0]).max() <= 1
        await pilot.press("home", "right", "right")
        await pilot.pause()
        assert studio.view.at == 2
        await pilot.resize_terminal(60, 18)
        await until(pilot, lambda: "3/5" in seen(app))


async def test_a_start_picture_is_used_and_taken_away_again(explorer, until) -> None:
    Image.new("RGB", (64, 48), (200, 30, 30)).save("mine.png")
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("i", *"mine.png", "enter")
        await until(pilot, lambda: studio.session.recipe.start is not None and studio.session.at_end)
        assert "--start-image mine.png --strength 0.6" in studio.query_one(CommandLine).command
        await pilot.press("i", "ctrl+u", "enter")
        await until(pilot, lambda: studio.session.recipe.start is None and studio.session.at_end)
        assert studio.session.recipe == QUICK
        await until(pilot, lambda: any(entry.start for entry in studio.history.newest()))
        Path("mine.png").unlink()
        await pilot.press("h")
        await pilot.pause(0.2)
        kept = [item.entry.start is not None for item in app.screen.thumbnails]
        await pilot.press(*["right"] * kept.index(True), "enter")
        await until(pilot, lambda: studio.session.recipe.start is not None and studio.session.at_end)
        assert studio.session.picture.max() <= 1 and studio.session.picture[0, 0, 0] > 0.5  # the red picture itself


async def test_what_was_made_is_kept_recalled_removed_and_brought_back(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("s")
        await until(pilot, lambda: studio.session.at_end and len(studio.history.newest()) == 2)
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, GalleryScreen) and len(app.screen.thumbnails) == 2)
        await pilot.press("d")
        await until(pilot, lambda: len(app.screen.thumbnails) == 1)
        await pilot.press("u")
        await until(pilot, lambda: len(app.screen.thumbnails) == 2)
        await pilot.press("right", "enter")
        await until(pilot, lambda: app.screen is studio and studio.session.at_end)
        assert studio.session.recipe == QUICK
    again = explorer(5, recipe=QUICK.replace(seed=8))
    async with again.run_test(size=BIG) as pilot:
        await opened(again, pilot, until)
        assert QUICK.seed in [entry.recipe.seed for entry in again.screen.history.newest()]


async def test_on_a_large_terminal_the_newest_stand_at_the_edge_and_come_back_by_a_click(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=(200, 60)) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("r")
        await until(pilot, lambda: studio.session.at_end and len(studio.query(Thumbnail)) == 2)
        assert studio.session.recipe.seed != QUICK.seed
        newest, older = studio.query(Thumbnail)
        await until(pilot, lambda: newest.region.x > 160)  # laid out
        assert older.region.right <= 200
        await pilot.click(older)
        await until(pilot, lambda: studio.session.recipe == QUICK and studio.session.at_end)
        await pilot.resize_terminal(120, 36)
        await until(pilot, lambda: not studio.query_one("#strip").display)


async def test_nothing_is_remembered_where_the_settings_say_so(explorer, until) -> None:
    app = explorer(5, config=Config(privacy=Privacy(keep_prompts=False, history=False)), recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        await opened(app, pilot, until)
        await pilot.press("e", "enter")
        await until(pilot, lambda: "saved" in notice(app))
    assert History().newest() == []
    found = read_metadata(_only(".png"))
    assert found.prompt_withheld and found.says_ai_made


async def test_exports_open_again(explorer, until, folders) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        for ending in ("png", "gif", "ans", "json"):
            await pilot.press("e", "ctrl+u", *f"x.{ending}", "enter")
            await until(pilot, lambda: (folders / f"x.{ending}").exists())  # noqa: B023
        assert np.array_equal(np.asarray(Image.open("x.png")), load().generate(QUICK)[0])
        assert Image.open("x.gif").n_frames == 5
        assert json.loads((folders / "x.json").read_text())["prompt"] == "a red apple"
        await pilot.press("e", "ctrl+u", *"x.png", "enter")
        await pilot.pause()
        assert "exists and was left as it is" in app.screen.query_one(".trouble").visual.plain
        await pilot.press("escape", "r")
        await until(pilot, lambda: studio.session.at_end)
        await pilot.press("o", *"x.png", "enter")
        await until(pilot, lambda: studio.session.recipe == QUICK and studio.session.at_end)
        await pilot.press("o", *"nothing.png", "enter")
        await pilot.pause()
        assert app.screen.query_one(".trouble").visual.plain


def _only(ending: str):
    from pathlib import Path

    (found,) = [path for path in Path().iterdir() if path.suffix == ending]
    return found


async def test_a_recipe_from_the_history_or_a_file_leaves_the_fork(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await until(pilot, lambda: studio.session.at_end)
        await pilot.press("f")
        assert "← goes back" in notice(app)  # behind the last step nothing is left to fork
        await pilot.press("left", "f")
        studio.controller.settings.change(guidance=9.0)
        await until(pilot, lambda: isinstance(studio.view, Fork))
        studio.controller.opening.recall(QUICK.replace(prompt="a green frog", watermark="d1ff"))
        await until(pilot, lambda: studio.session.at_end)
        assert studio.view is studio.controller.run
        assert studio.session.recipe.prompt == "a green frog"
        assert "d1ff is left out" in notice(app)


async def test_where_nothing_can_be_kept_the_history_says_why(explorer, until, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise TdiffError("cannot keep history: the disk is full")

    monkeypatch.setattr(History, "add", refuse)
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await until(pilot, lambda: studio.not_kept)
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, GalleryScreen) and "the disk is full" in seen(app))


async def test_a_fork_keeps_its_switches(explorer, until) -> None:
    recipe = QUICK.replace(switches=(Switch(2, prompt="a blue apple"),))
    app = explorer(5, recipe=recipe)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await pilot.press("home", "f")
        studio.controller.press("drop_switches")
        await pilot.pause()
        assert "a fork keeps its switches" in notice(app) and studio.session.recipe == recipe
