"""Recorded runs in the explorer: opened, scrubbed, saved, and left for the bench."""

import pytest
from PIL import Image

from tdiff.store.config import Config
from tdiff.traces.reader import open_trace
from tdiff.ui.app import TdiffApp
from tdiff.ui.widgets.pane import Pane
from tdiff.ui.widgets.status_lines import CaptionLine
from tdiff.views.trace_opening import view_of_traces
from tdiff.views.trace_pair import TracePair
from tdiff.views.trace_view import TraceView

from ..views.latents import recorded
from .looking import BIG, LARGE, QUICK, SMALL, notice, opened, page, seen

pytestmark = pytest.mark.slow


@pytest.fixture
def looking(folders):
    """Makes the explorer with one recorded run open, or two."""

    def make(*seeds: int, **about) -> TdiffApp:
        paths = [recorded(folders / f"{seed}.tdiff", seed, **about) for seed in seeds]
        return TdiffApp(Config(), "true", recipe=QUICK, opened=view_of_traces(paths))

    return make


def shown(app) -> list:
    """The pictures on the canvases."""
    return [pane.view.picture for pane in app.screen.query(Pane) if pane.display]


async def studio(app, pilot, until):
    await until(pilot, lambda: hasattr(app.screen, "view") and isinstance(app.screen.view, TraceView | TracePair))
    return app.screen


@pytest.mark.parametrize(("size", "sides"), [(SMALL, [32]), (BIG, [32, 32, 32]), (LARGE, [32, 64, 32])])
async def test_a_trace_fills_the_canvases_at_any_size(looking, until, size, sides) -> None:
    app = looking(1, count=2)
    async with app.run_test(size=size) as pilot:
        screen = await studio(app, pilot, until)
        await pilot.press("space")
        await pilot.pause()
        pictures = shown(app)
        assert [picture.shape for picture in pictures] == [(side, side, 3) for side in sides]
        for picture, side in zip(pictures, sides, strict=True):  # 24×16 pixels, upright
            edge = side // 6
            assert (picture[:, : edge - 1] == 24).all() and (picture[:, -edge + 1 :] == 24).all()
            assert picture[:, side // 2].std() > 0
        assert screen.view.at == 1 and "step 2 of 4" in seen(app)
        assert "recorded · tiny-sd d1ffd1ff" in app.screen.query_one(CaptionLine).text


async def test_the_guidance_is_moved_at_a_step_and_not_behind_the_last(looking, until) -> None:
    app = looking(1)
    async with app.run_test(size=BIG) as pilot:
        screen = await studio(app, pilot, until)
        before = shown(app)[2].copy()
        await pilot.press("g", "right", "right", "escape")
        await pilot.pause()
        assert screen.view.guidance == 6 and (shown(app)[2] != before).any()
        assert "exact for this step alone" in page(app).hint
        await pilot.press("enter", "g")
        await pilot.pause()
        assert "← goes to one" in notice(app) and app.screen.focused is None
        screen.controller.settings.guide(9.0)  # by the mouse
        assert "← goes to one" in notice(app)
        assert screen.view.guidance == 6
        await pilot.press("left", "u")
        await pilot.pause()
        assert screen.view.guidance is None and (shown(app)[0] != before).any()


async def test_b_goes_to_the_bench_which_makes_its_picture_then(looking, until) -> None:
    app = looking(1)
    async with app.run_test(size=BIG) as pilot:
        screen = await studio(app, pilot, until)
        await until(pilot, lambda: app.pipeline is not None)
        assert screen.session.trace is None  # nothing was computed for what is recorded
        await pilot.press("slash")
        await pilot.pause()
        assert "b goes to the bench" in notice(app)
        await pilot.press("b")
        await until(pilot, lambda: screen.session.at_end)
        assert screen.view is screen.controller.run and "tiny-sd" not in seen(app)


async def test_a_trace_is_saved_as_a_strip(looking, until, folders) -> None:
    app = looking(1)
    async with app.run_test(size=BIG) as pilot:
        await studio(app, pilot, until)
        await pilot.press("e", "ctrl+u", *"mine.strip.png", "enter")
        await until(pilot, lambda: (folders / "mine.strip.png").exists())
        assert Image.open(folders / "mine.strip.png").size[0] > 4 * 16
        assert "saved" in notice(app)


async def test_two_traces_stand_side_by_side_with_their_divergence(looking, until) -> None:
    app = looking(1, 2)
    async with app.run_test(size=BIG) as pilot:
        screen = await studio(app, pilot, until)
        await until(pilot, lambda: screen.view.wish() is None)
        await pilot.pause()
        text = seen(app)
        assert "difference of x̂₀" in text and "mean absolute difference" in text and "╭─ recorded" in text
        await pilot.press("enter")
        await pilot.pause()
        assert "Both finished pictures" in page(app).text


async def test_o_opens_a_trace_from_a_lesson_and_refuses_a_damaged_one(explorer, until, folders) -> None:
    path = recorded(folders / "run.tdiff")
    (folders / "bad.tdiff").write_bytes(path.read_bytes()[:40])
    app = explorer(1, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("o", *"bad.tdiff", "enter")
        await until(pilot, lambda: "cut off before its first step" in seen(app).replace("\n", " "))
        await pilot.press("ctrl+u", *"run.tdiff", "enter")
        screen = await studio(app, pilot, until)
        assert screen.number == 5 and "recorded · tiny-sd" in seen(app)
        await pilot.press("1")
        await until(pilot, lambda: app.screen.number == 1)


async def test_a_run_of_the_bench_is_saved_as_a_trace_that_opens(explorer, until, folders) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(app, pilot, until)
        await pilot.press("e", "ctrl+u", *"own.tdiff", "enter")
        await until(pilot, lambda: "saved" in notice(app))
        trace = open_trace(folders / "own.tdiff")
        assert trace.finished and len(trace) == 4 and trace.head.model == "sprite-32"
        final = trace.picture()
        assert final is not None and (final[0] == screen.drawing.figures()[0].picture).all()
        await pilot.press("o", *"own.tdiff", "enter")
        await studio(app, pilot, until)
        assert "--seed 1" in screen.view.command().command
        await pilot.press("e", "ctrl+u", *"own.tdiff", "enter")
        await pilot.pause()
        assert "must end in one of .strip.png, .png, .gif" in app.screen.query_one(".trouble").visual.plain
