"""No key is silent: what it does is seen, or said, or where else it does something."""

import asyncio

import pytest

from tdiff.store.config import Config
from tdiff.ui.keymap import KEY_OF, LESSON_KEYS, STUDIO_KEYS
from tdiff.ui.screens.bench_screen import BenchScreen
from tdiff.ui.widgets.canvases import Canvases

from .looking import BIG, QUICK, SMALL, notice


async def ready(app, pilot, until):
    await until(pilot, lambda: app.pipeline is not None)
    await pilot.pause()
    return app.screen


@pytest.mark.parametrize("seen_first", ["now x_t", "clean guess x̂₀"])
async def test_v_turns_to_the_canvas_that_it_changes(explorer, until, seen_first: str) -> None:
    app = explorer(1, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        screen = await ready(app, pilot, until)
        await pilot.press("space")
        await until(pilot, lambda: screen.session.step_ms)
        canvases = screen.query_one(Canvases)
        while canvases.front.title != seen_first:
            await pilot.press("tab")
        await pilot.press("v", "v")
        await pilot.pause()
        assert canvases.front.title == "prediction v̂"


async def test_v_brings_the_bench_back_from_an_experiments_pictures(explorer, until) -> None:
    app = explorer(1, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        screen = await ready(app, pilot, until)
        await pilot.press("enter")
        await until(pilot, lambda: screen.session.at_end)
        await pilot.press("a")
        await until(pilot, lambda: screen.course.outcome is not None and screen.course.outcome.done)
        await pilot.press("v", "v")
        await pilot.pause()
        assert screen.query_one(Canvases).front.title == "prediction v̂"


async def test_v_before_the_first_step_says_why_nothing_is_seen(explorer, until) -> None:
    app = explorer(1, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        screen = await ready(app, pilot, until)
        await pilot.press("v")
        await pilot.pause()
        assert "space takes one" in notice(app) and screen.session.form == "eps"


async def test_v_names_the_form_while_the_first_step_is_on_its_way(explorer, until, monkeypatch) -> None:
    app = explorer(1, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        screen = await ready(app, pilot, until)
        monkeypatch.setattr(screen.port.worker, "go", lambda *args, **kwargs: None)
        await pilot.press("enter", "v")
        await pilot.pause()
        assert "clean guess" in notice(app)


async def test_what_v_says_outlasts_the_steps_that_play_takes(explorer, until) -> None:
    app = explorer(1, recipe=QUICK.replace(steps=200))
    async with app.run_test(size=SMALL) as pilot:
        screen = await ready(app, pilot, until)
        await pilot.press("p")
        assert "p pauses" in notice(app)
        await until(pilot, lambda: screen.session.cursor > 0)
        assert "p pauses" not in notice(app)
        await pilot.press("v")
        at = screen.session.cursor
        await until(pilot, lambda: screen.session.cursor > at + 2)
        assert "clean guess" in notice(app)


@pytest.mark.parametrize("key", ["left", "home", "end"])
async def test_looking_back_before_the_first_step_is_answered(explorer, until, key: str) -> None:
    app = explorer(1, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await ready(app, pilot, until)
        await pilot.press(key)
        await pilot.pause()
        assert "space takes one" in notice(app)


async def test_both_ends_of_a_run_say_that_they_are(explorer, until) -> None:
    app = explorer(1, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        screen = await ready(app, pilot, until)
        await pilot.press("enter")
        await until(pilot, lambda: screen.session.at_end)
        for key, said in (("right", "this is the end"), ("enter", "this is the end"), ("home", ""), ("left", "begin")):
            await pilot.press(key)
            await pilot.pause()
            assert said in notice(app)


@pytest.mark.parametrize(
    ("lesson", "id", "place"),
    [
        *((1, key.id, "5, the studio") for key in STUDIO_KEYS if key.keys in "fwmih"),
        *((5, key.id, "1–4, the lessons") for key in LESSON_KEYS if key.keys not in "labk"),
    ],
)
async def test_a_key_of_another_screen_says_where_it_works(explorer, until, lesson: int, id: str, place: str) -> None:
    app = explorer(lesson, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await ready(app, pilot, until)
        await pilot.press(KEY_OF[id].keys)
        await pilot.pause()
        assert f"is for {place}: {KEY_OF[id].help}" in notice(app)


async def test_a_key_given_away_in_the_settings_does_what_they_say(explorer, until) -> None:
    app = explorer(1, Config(keys={"step": "j"}), recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        screen = await ready(app, pilot, until)
        await pilot.press("j")
        await until(pilot, lambda: screen.session.step_ms)


async def test_where_canvases_have_no_titles_tab_says_which_one_came(explorer, until) -> None:
    app = explorer(2, recipe=QUICK)
    async with app.run_test(size=(60, 18)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("tab")
        await pilot.pause()
        assert "noise the model sees" in notice(app)


async def test_on_an_exhibit_v_says_that_it_is_the_benchs(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        screen = await ready(app, pilot, until)
        await until(pilot, lambda: screen.session.at_end)
        await pilot.press("a", "s")
        await until(pilot, lambda: screen.session.at_end and screen.session.recipe.sampler == "euler")
        await pilot.press("a", "v")
        await pilot.pause()
        assert "b goes back" in notice(app) and screen.session.form == "eps"


async def test_space_pressed_faster_than_steps_are_taken_loses_none(explorer, until, monkeypatch) -> None:
    app = explorer(1, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        screen = await ready(app, pilot, until)
        waiting = []
        monkeypatch.setattr(screen.port.worker, "go", lambda *args, **kwargs: waiting.append(args))
        await pilot.press("space", "space", "space")
        assert len(waiting) == 3
        monkeypatch.undo()
        screen.port.worker.go(*waiting[-1])
        await until(pilot, lambda: screen.session.cursor == 2)


@pytest.mark.parametrize("second", ["right", "u"])
async def test_settings_changed_faster_than_pictures_are_made_end_in_a_finished_picture(
    explorer, until, monkeypatch, second: str
) -> None:
    app = explorer(1, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        screen = await ready(app, pilot, until)
        await pilot.press("enter")
        await until(pilot, lambda: screen.session.at_end)
        await pilot.press("g")
        waiting = []
        monkeypatch.setattr(screen.port.worker, "go", lambda *args, **kwargs: waiting.append(args))
        await pilot.press("right")
        screen.session.trace.append(next(screen.app.pipeline.sample(screen.session.recipe)))
        await pilot.press(*(["escape"] if second == "u" else []), second)
        monkeypatch.undo()
        assert len(waiting) == 2
        screen.port.worker.go(*waiting[-1])
        await until(pilot, lambda: screen.session.at_end)


async def test_a_model_that_is_there_before_the_screen_is_mounted_is_taken(explorer, until, monkeypatch) -> None:
    mounted = BenchScreen.on_mount

    async def late(screen: BenchScreen) -> None:
        while app.pipeline is None:
            await asyncio.sleep(0.01)
        await mounted(screen)

    monkeypatch.setattr(BenchScreen, "on_mount", late)
    app = explorer(1, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        screen = await ready(app, pilot, until)
        await pilot.press("space")
        await until(pilot, lambda: screen.session.step_ms)
