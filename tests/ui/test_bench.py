"""The bench, used by its keys and by the mouse."""

import numpy as np
import pytest

from tdiff.pipeline import load, to_pixels
from tdiff.recipe import Recipe
from tdiff.store.config import Config
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.guidance_slider import GuidanceSlider
from tdiff.ui.widgets.pixel_view import PixelView
from tdiff.ui.widgets.prompt_field import PromptField
from tdiff.ui.widgets.scrubber import Scrubber
from tdiff.ui.widgets.status_lines import CaptionLine, CommandLine

BIG, SMALL = (120, 36), (80, 24)


def pictures(app):
    views = app.screen.query_one(Canvases).query(PixelView)
    return [view.picture for view in views if view.display and view.parent.display]


async def test_space_takes_one_step_and_shows_what_the_model_computed(explorer, until) -> None:
    app = explorer()
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("space")
        await until(pilot, lambda: app.pipeline is not None and app.screen.session.step_ms)
        session = app.screen.session
        assert len(session.trace) == 1
        step = next(load().sample(session.recipe))
        now, eps, x0 = pictures(app)
        assert np.array_equal(now, to_pixels(step.x_t[0]))
        assert np.abs(x0.astype(int) - to_pixels(step.x0[0])).max() <= 1
        assert np.abs(eps.astype(int) - to_pixels(0.5 * step.eps[0])).max() <= 1
        assert "step 1 of 20" in app.screen.query_one(Scrubber).render().plain
        assert "measured" in app.screen.query_one(CaptionLine).text


async def test_enter_runs_to_the_picture_that_the_command_line_makes(explorer, until) -> None:
    recipe = Recipe(prompt="a red apple", seed=3, steps=6)
    app = explorer(recipe=recipe)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: app.pipeline is not None and app.screen.session.at_end)
        await pilot.pause()
        expected = load().generate(recipe)[0]
        assert np.abs(pictures(app)[0].astype(int) - expected).max() <= 1
        assert app.screen.query_one(CommandLine).command == "tdiff generate 'a red apple' --steps 6 --seed 3"


async def test_looking_back_computes_nothing(explorer, until, monkeypatch) -> None:
    app = explorer(recipe=Recipe(prompt="a red apple", steps=5))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: app.pipeline is not None and app.screen.session.at_end)
        count = len(app.screen.session.step_ms)
        await pilot.press("left", "left", "home", "right", "end")
        await pilot.pause()
        assert app.screen.session.at_end
        assert len(app.screen.session.step_ms) == count
        await pilot.press("home")
        assert app.screen.session.cursor == 0
        assert app.screen.session.noise_level == pytest.approx(1.0, abs=0.01)


async def test_changes_are_run_again_to_the_same_step_and_undone(explorer, until) -> None:
    app = explorer(recipe=Recipe(prompt="a red apple", steps=6, seed=1))
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        for _ in range(3):
            await pilot.press("space")
            await pilot.pause(0.05)
        session = app.screen.session
        await until(pilot, lambda: session.cursor == 2)
        before = session.trace[2].x0
        await pilot.press("s")
        await until(pilot, lambda: session.trace is not None and len(session.trace) >= 3 and session.cursor == 2)
        assert session.recipe.sampler == "euler"
        assert not np.array_equal(session.trace[2].x0, before)
        await pilot.press("u")
        await until(pilot, lambda: session.trace is not None and len(session.trace) >= 3 and session.cursor == 2)
        assert session.recipe.sampler == "ddim"
        assert np.allclose(session.trace[2].x0, before, atol=1e-4)
        await pilot.press("u")
        await pilot.pause()
        assert "nothing to undo" in app.screen.query_one(CaptionLine).text


async def test_the_slider_moves_by_keys_and_mouse_and_stays_in_range(explorer, until) -> None:
    app = explorer()
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        slider = app.screen.query_one(GuidanceSlider)
        await pilot.press("g", "right", "right", "shift+left")
        await pilot.pause()
        assert app.screen.session.recipe.guidance == pytest.approx(3.9)
        await pilot.press("end", "right")
        await pilot.pause()
        assert app.screen.session.recipe.guidance == 15
        await pilot.press("home", "left")
        await pilot.pause()
        assert app.screen.session.recipe.guidance == -2
        await pilot.press("escape", "right")
        await pilot.pause()
        assert app.screen.session.recipe.guidance == -2
        await pilot.click(GuidanceSlider, offset=(slider.size.width // 2, 0))
        await pilot.pause()
        assert 4 <= app.screen.session.recipe.guidance <= 9
        assert f"{app.screen.session.recipe.guidance:.1f}" in slider.render().plain


async def test_a_prompt_is_typed_completed_entered_and_explained(explorer, until) -> None:
    app = explorer()
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("slash")
        await pilot.press("ctrl+u")
        for key in "a xylem pup":
            await pilot.press("space" if key == " " else key)
        await pilot.pause()
        assert "tab →" in app.screen.query_one(CaptionLine).text
        await pilot.press("p", "y", "enter")
        await until(pilot, lambda: app.screen.session.at_end)
        assert app.screen.session.recipe.prompt == "a xylem puppy"
        shown = app.screen.query_one("#prompt", PromptField)._chips.visual.plain
        assert "puppy→dog" in shown and "xylem✗" in shown
        assert "xylem: not known, no effect" in app.screen.query_one(CaptionLine).text


async def test_a_prompt_of_unknown_words_needs_a_second_enter(explorer, until) -> None:
    app = explorer(recipe=Recipe(prompt="a cat", steps=2))
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("slash", "ctrl+u", *"xqzzy", "enter")
        await pilot.pause()
        assert app.screen.session.recipe.prompt == "a cat"
        assert "enter once more" in app.screen.query_one(CaptionLine).text
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen.session.recipe.prompt == "xqzzy"


async def test_escape_leaves_the_prompt_as_it_was(explorer, until) -> None:
    app = explorer()
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        before = app.screen.session.recipe
        await pilot.press("slash", *"zebra", "escape")
        await pilot.pause()
        assert app.screen.session.recipe == before
        assert app.screen.focused is None
        assert not app.screen.query_one("#prompt", PromptField).editing


@pytest.mark.parametrize(
    "text", ["[/]", "[bold]a[/bold]", "\x1b[31mred apple", "שלום apple \u202e", "🐸" * 50, "a" * 10_000]
)
async def test_any_pasted_text_is_shown_literally(explorer, until, text: str) -> None:
    from textual.events import Paste

    app = explorer()
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("slash", "ctrl+u")
        app.screen.focused.post_message(Paste(text))
        await pilot.pause()
        await pilot.press("enter", "enter")
        await pilot.pause(0.1)
        prompt = app.screen.session.recipe.prompt
        assert len(prompt) <= 2000 and "\x1b" not in prompt and "\u202e" not in prompt
        assert prompt.startswith(("[", "red apple", "ש", "🐸", "aaaa"))


async def test_colours_in_a_pasted_text_go_and_join_no_words(explorer, until) -> None:
    from textual.events import Paste

    app = explorer()
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("slash", "ctrl+u")
        app.screen.focused.post_message(Paste("a\tred\x1b[31mcat\x1b[0m\n"))
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.session.recipe.prompt == "a red cat")


async def test_the_scrubber_follows_the_mouse(explorer, until) -> None:
    app = explorer(recipe=Recipe(prompt="a cat", steps=10))
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: app.pipeline is not None and app.screen.session.at_end)
        await pilot.click(Scrubber, offset=(4, 0))
        await pilot.pause()
        assert app.screen.session.cursor == 3


async def test_one_canvas_is_turned_by_tab_and_its_form_by_v(explorer, until) -> None:
    app = explorer()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("space")
        await until(pilot, lambda: app.pipeline is not None and app.screen.session.step_ms)
        canvases, titles = app.screen.query_one(Canvases), []
        await until(pilot, lambda: canvases.front.title != "starting noise")  # a step is drawn within a frame's time
        for _ in range(3):
            titles.append(canvases.front.title)
            await pilot.press("tab")
        assert titles == ["now x_t", "noise the model sees ε̂", "clean guess x̂₀"]
        await pilot.press("tab", "v", "v")
        assert app.screen.query_one(Canvases).front.title == "prediction v̂"


async def test_play_goes_to_the_end_and_p_pauses(explorer, until) -> None:
    app = explorer(recipe=Recipe(prompt="a cat", steps=8))
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("p")
        await until(pilot, lambda: app.screen.session.cursor >= 2)
        await pilot.press("p")
        await pilot.pause(0.1)
        held = app.screen.session.cursor
        await pilot.pause(0.5)
        assert app.screen.session.cursor == held < 8
        await pilot.press("p")
        await until(pilot, lambda: app.screen.session.at_end)


async def test_resizing_while_it_plays_keeps_the_picture_and_says_when_it_is_too_small(explorer, until) -> None:
    app = explorer(recipe=Recipe(prompt="a cat", steps=20))
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("p")
        for size in ((80, 24), (50, 10), (200, 60), (60, 18), (160, 50), (120, 36)):
            await pilot.resize_terminal(*size)
            await pilot.pause(0.1)
            small = app.screen.query_one("#too-small")
            assert small.display == (size == (50, 10))
        await pilot.press("p", "enter")
        await until(pilot, lambda: app.screen.session.at_end)
        assert len(pictures(app)) == 3


async def test_no_color_shows_grey_and_no_colour_alone_carries_meaning(explorer, until, monkeypatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = explorer(depth="mono", recipe=Recipe(prompt="a xylem cat", steps=2))
    async with app.run_test(size=BIG) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: app.pipeline is not None and app.screen.session.at_end)
        assert "xylem✗" in app.screen.query_one("#prompt", PromptField)._chips.visual.plain
        assert "◉" in app.screen.query_one(Scrubber).render().plain


async def test_the_explorer_opens_where_it_was_left(explorer, until) -> None:
    from tdiff.store.place import load_place
    from tdiff.ui.app import TdiffApp

    app = explorer(5, recipe=Recipe(prompt="a red apple", steps=2, seed=4))
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("plus")
        app.theme = "nord"
        await pilot.press("q")
    again = TdiffApp(app.config, "true", place=load_place()[0])
    async with again.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: again.pipeline is not None)
        assert again.screen.number == 5
        assert again.theme == "nord"
        assert again.screen.session.recipe == Recipe(prompt="a red apple", steps=3, seed=4)


async def test_keys_are_remapped_by_the_settings(explorer, until) -> None:
    app = explorer(config=Config(keys={"step": "j"}), recipe=Recipe(prompt="a cat", steps=3))
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("space")
        await pilot.pause(0.1)
        assert app.screen.session.trace is None
        await pilot.press("j")
        await until(pilot, lambda: app.screen.session.step_ms)
