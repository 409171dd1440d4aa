"""Dialogs: what is pasted, opened or refused is said."""

import re
from pathlib import Path

import pytest
from PIL import Image
from textual.app import App, ComposeResult
from textual.events import Paste
from textual.widgets import Input

from tdiff.prompt.command import command_of
from tdiff.recipe import Recipe, Switch
from tdiff.recipe.json import to_json
from tdiff.ui.screens.dialogs import Dialog
from tdiff.ui.widgets.one_line import OneLine
from tdiff.ui.widgets.settings_line import SettingsLine

from .looking import BIG, QUICK, SMALL, notice, opened, seen


@pytest.fixture
def dialog(explorer, until):
    """Opens one by its key on a finished picture."""

    async def open_by(key: str, pilot):
        app = pilot.app
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.session.at_end)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, Dialog) and app.screen.query(Input))

    return open_by


async def test_a_long_paste_is_cut_and_said(explorer, until, dialog) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await dialog("o", pilot)
        app.focused.post_message(Paste("x" * 3000))
        await until(pilot, lambda: "3,000 characters were pasted" in seen(app))
        assert len(app.focused.value) == 2000
        await pilot.press("backspace")
        await until(pilot, lambda: "were pasted" not in seen(app))


async def test_a_pasted_path_keeps_its_characters(explorer, until, dialog) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await dialog("o", pilot)
        app.focused.post_message(Paste("Screenshot  at 3.45\u202fPM.png\n"))
        await until(pilot, lambda: app.focused.value == "Screenshot  at 3.45\u202fPM.png")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("", None, "no file is named"),
        ("noise.ans", b"\x1b[38;2;1;2;3m\x1b[48;2;1;2;3m" * 4000, "is no PNG, JPEG, WebP or GIF"),
        ("noise.bmp", b"BM\xff\xfe\x00", "is no PNG, JPEG, WebP or GIF"),
    ],
)
async def test_what_holds_no_recipe_is_refused_for_what_it_is(explorer, until, dialog, name, content, said) -> None:
    if content is not None:
        Path(name).write_bytes(content)
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await dialog("o", pilot)
        await pilot.press(*name, "enter")
        await until(pilot, lambda: said in " ".join(seen(app).replace("│", "").split()))


async def test_an_opened_recipe_is_named_with_what_it_turns_to_and_can_be_freed_of_it(explorer, until, dialog) -> None:
    recipe = Recipe(prompt="a red apple", steps=4, seed=2, switches=(Switch(2, prompt="a blue apple"),))
    Path("turning.json").write_text(to_json(recipe), "utf-8")
    app = explorer(recipe=QUICK)
    async with app.run_test(size=(160, 50)) as pilot:
        await dialog("o", pilot)
        await pilot.press(*"turning.json", "enter")
        await until(pilot, lambda: app.screen.session.recipe == recipe and app.screen.session.at_end)
        assert notice(app) == "opened turning.json; at step 3 its prompt turns to “a blue apple”"
        line = app.screen.query_one(SettingsLine)
        await pilot.click(SettingsLine, offset=(line.visual.plain.index("switch at 3") + 2, 0))
        await until(pilot, lambda: app.screen.session.recipe == recipe.replace(switches=()))
        await pilot.press("u")
        await until(pilot, lambda: app.screen.session.recipe == recipe)


async def test_what_was_said_before_a_dialog_is_not_said_after_it(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None and app.screen.session.at_end)
        await pilot.press("x", "f")
        assert "no step to fork from" in notice(app)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Dialog))
        assert "no step to fork from" not in notice(app)


async def test_the_palette_knows_the_studios_tools(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None and app.screen.session.at_end)
        await pilot.press("colon", *"morph")
        await until(pilot, lambda: "walk to another prompt or seed" in seen(app))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(app.screen, Dialog) and app.screen.query("#ask-seed"))


async def test_settings_stay_in_their_places(explorer, until) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        line, places = app.screen.query_one(SettingsLine), []
        for change in ({}, {"seed": 4321}, {"sampler": "dpmpp2m"}, {"sampler": "ddim", "eta": 0.5}, {"steps": 1000}):
            app.screen.controller.settings.change(**change)
            await pilot.pause()
            fields = re.finditer(r"seed|ddim|dpmpp2m|\d+ steps", line.visual.plain)
            places.append((line.region.x, *(field.start() for field in fields)))
        assert len(set(places)) == 1 and len(places[0]) == 4


async def test_the_command_of_a_grid_is_copied(explorer, until, monkeypatch) -> None:
    from tdiff.recipe.axis import parse_axis
    from tdiff.ui.screens.grid_screen import GridScreen

    app, copied = explorer(5, recipe=QUICK), []
    monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await app.push_screen(
            GridScreen(app.pipeline, QUICK, parse_axis("guidance=1,2.5"), parse_axis("seed=1..2"), "true")
        )
        await pilot.press("y")
        base = command_of(QUICK).replace("generate", "grid")
        assert copied == [f"{base} --x guidance=1,2.5 --y seed=1,2"]
        await until(pilot, lambda: all(picture is not None for picture in app.screen._pictures))
        await pilot.pause()
        assert "sent to the terminal's clipboard" in seen(app)
        await pilot.press("question_mark")
        await until(pilot, lambda: "Here: the grid" in seen(app))


async def test_an_input_shows_any_character_and_keeps_it() -> None:
    class Line(App[None]):
        def compose(self) -> ComposeResult:
            yield OneLine("a\x1b[2J\u202e\ufeff\uffffcat")

    async with Line().run_test() as pilot:
        line = pilot.app.query_one(OneLine)
        assert line.render_line(0).text.rstrip() == "a␛[2J���cat"
        assert line.value == "a\x1b[2J\u202e\ufeff\uffffcat"


async def test_a_file_that_went_between_the_dialog_and_the_bench_ends_nothing(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        for use in (studio.controller.opening.open, lambda path: studio.controller.part.start_from(path, 0.5)):
            use(Path("gone.png"))
            await until(pilot, lambda: "there is no file gone.png" in notice(app))
            studio.controller.say("")


async def test_paths_are_taken_as_they_are_pasted(explorer, until) -> None:
    folder = Path("My Pictures")
    folder.mkdir()
    Image.new("RGB", (64, 48), (200, 30, 30)).save(folder / "cat.png")
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        for text, said in (
            ("~no-such-user/cat.png", "there is no file ~no-such-user/cat.png"),
            (f"file://{folder.resolve()}/cat.png".replace(" ", "%20"), ""),
        ):
            await pilot.press("i")
            await until(pilot, lambda: isinstance(app.screen, Dialog))
            app.screen.query_one("#ask-path", Input).value = text
            await pilot.press("enter")
            if said:
                await until(pilot, lambda said=said: said in app.screen.query_one(".trouble").visual.plain)
                await pilot.press("escape")
        await until(pilot, lambda: studio.session.recipe.start is not None)
