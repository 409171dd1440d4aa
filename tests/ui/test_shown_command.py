"""The line of the command says how to make what is on screen, or that no command makes it."""

import numpy as np
import pytest
from typer.testing import CliRunner

from tdiff.cli import app as cli
from tdiff.lessons.core.loader import load_lesson
from tdiff.pipeline import load
from tdiff.render.load import load_picture
from tdiff.ui.screens.grid_screen import GridScreen
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.status_lines import CommandLine
from tdiff.views.comparison import Comparison
from tdiff.views.fork import Fork
from tdiff.views.morph import Morph

from .looking import BIG, QUICK, SMALL, notice, seen

pytestmark = pytest.mark.slow


def shown_command(app) -> str:
    return str(app.screen.query_one(CommandLine)._command)


def made_by(command: str):
    """The picture that a command of the line makes, (32, 32, 3)."""
    import shlex

    words = shlex.split(command)
    assert words[0] == "tdiff"
    done = CliRunner().invoke(cli, [*words[1:], "--out", "again.png", "--overwrite"])
    assert done.exit_code == 0, done.output
    return np.rint((load_picture("again.png").picture + 1) * 127.5)


def as_near_as_it_gets(picture, other) -> bool:
    return np.abs(picture.astype(int) - other).max() <= 1


async def test_the_command_of_live_typing_makes_the_live_picture(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None and app.screen.session.at_end)
        await pilot.press("slash", "ctrl+u", *"a", "space", *"cat")
        await until(pilot, lambda: "'a cat'" in shown_command(app))
        assert shown_command(app) == "live: $ tdiff generate 'a cat' --steps 8 --sampler dpmpp2m --seed 1"
        command, live = app.screen.query_one(CommandLine).command, app.screen.drawing.figures()[0].picture
        assert as_near_as_it_gets(live, made_by(command))
        await pilot.press("escape")
        await pilot.pause()
        assert shown_command(app) == "$ tdiff generate 'a red apple' --steps 4 --seed 1"


async def test_each_canvas_of_a_comparison_has_its_own_command(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        studio = app.screen
        await until(pilot, lambda: app.pipeline is not None and app.screen.session.at_end)
        studio = app.screen
        await pilot.press("a", "s")
        await until(pilot, lambda: studio.session.at_end and studio.session.recipe.sampler == "euler")
        await pilot.press("a")
        await pilot.pause()
        assert isinstance(studio.view, Comparison)
        assert shown_command(app) == "A: $ tdiff generate 'a red apple' --steps 4 --seed 1"
        await pilot.press("tab")
        await pilot.pause()
        assert shown_command(app) == "B: $ tdiff generate 'a red apple' --steps 4 --sampler euler --seed 1"
        assert "B: $ tdiff generate" in seen(app)


async def test_between_two_seeds_there_is_no_command_and_none_is_copied(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None and app.screen.session.at_end)
        studio = app.screen
        await pilot.press("m", "tab", "9", "tab", "backspace", "3", "enter")
        await until(pilot, lambda: isinstance(studio.view, Morph) and len(studio.view.pictures) == 3)
        await pilot.press("home", "right")
        await pilot.pause()
        assert shown_command(app).startswith("no command makes this")
        assert "$" not in shown_command(app)
        await pilot.press("y")
        await pilot.pause()
        assert "none to copy" in notice(app)
        await pilot.press("right")
        await pilot.pause()
        assert shown_command(app) == "$ tdiff generate 'a red apple' --steps 4 --seed 9"


async def test_a_station_on_the_way_to_another_prompt_has_the_command_that_makes_it(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None and app.screen.session.at_end)
        studio = app.screen
        await pilot.press("m", *"a", "space", *"car", "tab", "tab", "backspace", "3", "enter")
        await until(pilot, lambda: isinstance(studio.view, Morph) and len(studio.view.pictures) == 3)
        await pilot.press("home", "right")
        await pilot.pause()
        assert "--switch '2:a car'" in shown_command(app)
        assert as_near_as_it_gets(
            studio.drawing.figures()[0].picture, made_by(app.screen.query_one(CommandLine).command)
        )


async def test_of_a_fork_by_guidance_only_a_has_a_command(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None and app.screen.session.at_end)
        studio = app.screen
        await pilot.press("left", "left", "f", "g", "right", "escape")
        await until(pilot, lambda: isinstance(studio.view, Fork) and studio.view.b.finished)
        await until(pilot, lambda: shown_command(app).startswith("no command makes B; A: $ tdiff generate"))
        await pilot.resize_terminal(*SMALL)
        await until(pilot, lambda: app.screen.query_one(Canvases).turnable)
        studio.query_one(Canvases).bring(1)
        await until(pilot, lambda: shown_command(app).startswith("no command makes B; only"))
        assert "$" not in shown_command(app)


async def test_the_grid_shows_the_command_of_the_marked_picture(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None and app.screen.session.at_end)
        await pilot.press("w", "enter")
        await until(pilot, lambda: isinstance(app.screen, GridScreen))
        await until(pilot, lambda: all(picture is not None for picture in app.screen._pictures))
        await pilot.press("right", "down")
        await pilot.pause()
        assert "$ tdiff generate 'a red apple' --guidance 1 --steps 4 --seed 2" in seen(app)
        grid = app.screen
        assert as_near_as_it_gets(grid._pictures[grid.at], load().generate(grid._recipes[grid.at])[0])


SAYS = {
    "swap": ("swap-a-word", {"before": "before", "after": "after"}),
    "negative": (
        "negative-when",
        {"no negative": "no negative", "negative red": "with it", "as a prompt": "as a prompt"},
    ),
    "switching": ("when-decided", {"second": "second prompt", "switch after": "switch", "first": "first prompt"}),
}


@pytest.mark.parametrize("name", list(SAYS))
async def test_each_picture_of_a_lab_has_the_command_that_makes_it(explorer, until, name: str) -> None:
    card, says = SAYS[name]
    app = explorer(3, recipe=QUICK.replace(steps=8))
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        cards = [each.id for each in load_lesson(3).cards]
        await pilot.press(*["right_square_bracket"] * cards.index(card), "l")
        await until(pilot, lambda: app.screen.course.lab is not None and app.screen.course.lab.wish() is None)
        await pilot.pause()
        figures = app.screen.course.lab.figures()
        for place, figure in enumerate(figures):
            app.screen.query_one(Canvases).bring(place + 1)  # an overview stands before them
            await pilot.pause()
            said = next((said for title, said in says.items() if title in figure.title), None)
            if said is None:
                assert shown_command(app) == "no one command makes this picture"
                continue
            assert shown_command(app).startswith(f"{said}: $ tdiff generate")
            assert as_near_as_it_gets(figure.picture, made_by(app.screen.query_one(CommandLine).command))


async def test_what_the_text_does_not_say_has_no_command(explorer, until) -> None:
    app = explorer(3, recipe=QUICK.replace(steps=8))
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("right_square_bracket", "l", "t")
        await until(pilot, lambda: app.screen.course.lab is not None and app.screen.course.lab.wish() is None)
        await pilot.pause()
        assert shown_command(app).startswith("before: $ tdiff generate 'a red apple'")
        assert app.screen.course.lab.figures()[1].command.command == ""


async def test_an_experiments_pictures_have_no_command_and_the_bench_has_one_again(explorer, until) -> None:
    app = explorer(1, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("a")
        await until(pilot, lambda: app.screen.course.outcome is not None and app.screen.course.outcome.done)
        await until(pilot, lambda: shown_command(app) == "no one command makes these pictures; k makes them again")
        await pilot.press("space")
        await until(pilot, lambda: shown_command(app) == "$ tdiff generate 'a red apple' --steps 4 --seed 1")
