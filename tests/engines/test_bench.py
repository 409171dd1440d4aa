"""A checkpoint, and our own networks in PyTorch, on the explorer's bench."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from textual.widgets import Static

from tdiff.engines.choice import EngineChoice
from tdiff.engines.diffusers_model import DiffusersModel
from tdiff.errors import UsageError, WeightsError
from tdiff.pipeline import load, load_chosen
from tdiff.provenance import read_metadata
from tdiff.recipe import Recipe
from tdiff.recipe.json import to_json
from tdiff.store.config import Config
from tdiff.traces.reader import open_trace
from tdiff.ui.app import TdiffApp
from tdiff.ui.screens.grid_screen import GridScreen
from tdiff.ui.widgets.status_lines import CaptionLine, CommandLine
from tdiff.views.comparison import Comparison
from tdiff.views.dial import Dial
from tdiff.views.fork import Fork
from tdiff.views.live import Live
from tdiff.views.morph import Morph
from tdiff.views.run import Run

from ..tiny_checkpoint import build
from ..ui.looking import BIG, notice, page, seen

RECIPE = Recipe(prompt="a red apple", negative="blurry", guidance=5.0, steps=4, seed=3)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("diffusers")
    return build(tmp_path_factory.mktemp("checkpoint") / "tiny-sd")


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    yield tmp_path


def bench_of(checkpoint: Path) -> TdiffApp:
    choice = EngineChoice(model=checkpoint, device="cpu")
    return TdiffApp(Config(), "true", recipe=RECIPE, choice=choice)


async def until(pilot, true, seconds: float = 120) -> None:
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        await pilot.pause(0.02)
    raise AssertionError("never came")


async def opened(app: TdiffApp, pilot):
    await until(pilot, lambda: app.pipeline is not None and hasattr(app.screen, "session"))
    await pilot.pause()
    return app.screen


async def test_a_checkpoint_is_stepped_through_to_the_picture_that_generate_makes(checkpoint: Path) -> None:
    app = bench_of(checkpoint)
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(app, pilot)
        assert screen.number == 5 and screen.session.trace is None  # nothing is computed unasked
        await pilot.press("space")
        await until(pilot, lambda: screen.view.track().started)
        await pilot.pause()
        assert [figure.picture.shape for figure in screen.view.figures()] == [(16, 16, 3)] * 3
        caption = screen.query_one(CaptionLine)
        await pilot.press("enter")
        await until(pilot, lambda: screen.session.at_end)
        await pilot.pause()
        wanted = load_chosen(EngineChoice(model=checkpoint, device="cpu")).generate(RECIPE)[0]
        found = screen.view.figures()[0]
        assert found.title == "finished picture" and np.abs(found.picture.astype(int) - wanted).max() <= 1
        assert caption.text.startswith("diffusers cpu · tiny-sd")
        command = screen.query_one(CommandLine).command
        assert f"--model {checkpoint}" in command and "--allow-unknown" not in command


async def test_the_seconds_are_counted_while_it_is_loaded_and_no_longer(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_load = threading.Event()
    real = DiffusersModel._loaded
    monkeypatch.setattr(DiffusersModel, "_loaded", lambda self: may_load.wait(120) and real(self))
    app = bench_of(checkpoint)
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: "q leaves) 1 s" in seen(app) or "q leaves) 2 s" in seen(app))
        opening = app.screen
        may_load.set()
        await opened(app, pilot)
        counted = str(opening.query_one(Static).render())
        await pilot.pause(1.5)
        assert app.screen is not opening and str(opening.query_one(Static).render()) == counted


async def test_prompts_are_read_by_its_own_tokenizer(checkpoint: Path) -> None:
    app = bench_of(checkpoint)
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(app, pilot)
        await pilot.press("slash", "ctrl+u", *"zyzzyva", "enter")
        await until(pilot, lambda: screen.session.at_end)
        assert screen.session.recipe.prompt == "zyzzyva" and "9 tokens" in notice(app)  # each letter, and two marks
        assert "✗" not in seen(app)
        await pilot.press("slash", "ctrl+u", *"x" * 90, "enter")
        await until(pilot, lambda: screen.session.recipe.prompt.startswith("xx"))
        await pilot.pause()
        assert "the prompt is cut at 77 tokens" in notice(app)


async def test_it_forks_and_is_saved_as_picture_and_trace(checkpoint: Path, folders: Path) -> None:
    app = bench_of(checkpoint)
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: screen.session.at_end)
        for name in ("a.png", "a.gif", "a.tdiff"):
            await pilot.press("e", "ctrl+u", *name, "enter")
            await until(pilot, lambda name=name: (folders / name).exists() and f"{name}" in notice(app))
        with Image.open("a.png") as picture, Image.open("a.gif") as film:
            assert picture.size == film.size == (32, 32) and film.n_frames >= 2
        assert read_metadata(Path("a.png")).says_ai_made
        trace = open_trace(folders / "a.tdiff")
        assert trace.finished and trace.head.model == "tiny-sd" and trace.head.preview == "linear"
        assert (trace.picture()[0] == screen.view.figures()[0].picture).all()
        await pilot.press("left", "left", "f", "g", "right", "escape")
        await until(pilot, lambda: isinstance(screen.view, Fork) and screen.view.b.finished)
        assert screen.view.figures()[2].picture is not None


async def test_guidance_is_turned_at_a_step_without_a_model_call(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = bench_of(checkpoint)
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(app, pilot)
        await pilot.press("space", "space")
        await until(pilot, lambda: screen.session.trace is not None and len(screen.session.trace) == 2)
        await pilot.pause()
        before = screen.view.figures()[2].picture
        calls: list[object] = []
        real = DiffusersModel.encode
        monkeypatch.setattr(DiffusersModel, "encode", lambda self, ids: calls.append(ids) or real(self, ids))
        await pilot.press("g", "right", "right")
        await until(pilot, lambda: isinstance(screen.view, Dial))
        assert page(app).title == "Guidance 6 at step 2" and len(screen.session.trace) == 2 and not calls
        step = screen.session.step
        wanted = screen.session.looks.picture(step.reguided(6.0, step.clip).x0[0])
        assert (screen.view.figures()[2].picture == wanted).all() and (wanted != before).any()
        await pilot.press("escape", "left")
        assert screen.view.track().cursor == 0 and screen.session.recipe == RECIPE
        await pilot.press("enter")
        await until(pilot, lambda: screen.session.recipe.guidance == 6.0 and len(screen.session.trace or ()) >= 1)


async def test_the_clean_guess_of_a_step_is_decoded_on_a_key(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[str, np.ndarray]] = []
    monkeypatch.setattr(
        "tdiff.terminal.whole_picture.show", lambda picture, title, *how: shown.append((title, picture))
    )
    app = bench_of(checkpoint)
    monkeypatch.setattr(app, "suspend", contextlib.nullcontext)
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(app, pilot)
        await pilot.press("space", "space")
        await until(pilot, lambda: screen.session.trace is not None and len(screen.session.trace) == 2)
        await pilot.pause()
        await pilot.press("full_stop")
        model, x0 = app.pipeline.model, screen.session.step.x0
        assert [title for title, _ in shown] == ["clean guess x̂₀"] and (shown[0][1] == model.decode(x0)[0]).all()
        assert shown[0][1].shape == (32, 32, 3) and screen.view.figures()[2].picture.shape == (16, 16, 3)

        def full(self: DiffusersModel, x0: np.ndarray) -> np.ndarray:
            raise UsageError("the device's memory is full")

        monkeypatch.setattr(DiffusersModel, "decode", full)
        await pilot.press("full_stop")
        assert "the device's memory is full" in notice(app) and len(shown) == 1


async def test_it_shows_where_the_network_looks_for_each_word(checkpoint: Path) -> None:
    app = bench_of(checkpoint)
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(app, pilot)
        await pilot.press("k")
        await pilot.pause()
        assert "no step to look into" in notice(app)
        await pilot.press("space")
        await until(pilot, lambda: len(screen.session.trace or ()) == 1)
        await pilot.press("k")
        await until(pilot, lambda: screen.view.figures()[1].picture is not None)
        assert [screen.view.figures()[1].title] == ["looked at: a"]
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert "looked at: apple" in seen(app) and "› apple" in seen(app)
        await pilot.press("b")
        assert isinstance(screen.view, Run)


async def test_compare_morph_grid_and_live_run_on_it(checkpoint: Path) -> None:
    app = TdiffApp(
        Config(), "true", recipe=RECIPE.replace(steps=2), choice=EngineChoice(model=checkpoint, device="cpu")
    )
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: screen.session.at_end)
        await pilot.press("a", "r")
        await until(pilot, lambda: screen.session.at_end and screen.session.recipe.seed != RECIPE.seed)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(screen.view, Comparison))
        assert [figure.picture.shape for figure in screen.view.figures()] == [(32, 32, 3)] * 3
        screen.studio.morph({"prompt": "a green pear", "seed": "", "count": "3"})
        await until(pilot, lambda: isinstance(screen.view, Morph) and len(screen.view.pictures) == 3)
        screen.studio.morph({"prompt": "", "seed": "9", "count": "3"})
        await until(pilot, lambda: isinstance(screen.view, Morph) and len(screen.view.pictures) == 3)
        await pilot.press("b", "l", "slash", "ctrl+u", *"pear")
        await until(pilot, lambda: isinstance(screen.view, Live) and screen.view.shown is not None)
        await pilot.press("escape", "w", "enter")
        await until(
            pilot, lambda: isinstance(app.screen, GridScreen) and all(p is not None for p in app.screen._pictures)
        )
        await pilot.pause()
        assert {picture.shape for picture in app.screen._pictures} == {(32, 32, 3)} and "$ tdiff generate" in seen(app)


async def test_what_needs_the_model_that_ships_says_so(checkpoint: Path) -> None:
    app = bench_of(checkpoint)
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(app, pilot)
        await pilot.press("1")
        await pilot.pause()
        assert app.screen is screen and "start tdiff without --model" in " ".join(
            notification.message for notification in app._notifications
        )
        await pilot.press("i")
        await pilot.pause()
        assert app.screen is screen and "starts from noise" in notice(app)


async def test_its_pictures_are_kept_in_the_history_and_come_back(checkpoint: Path) -> None:
    app = bench_of(checkpoint)
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: screen.session.at_end)
        await until(pilot, lambda: screen.history.newest())
        (entry,) = screen.history.newest()
        assert (entry.recipe.model_name, entry.recipe.engine, entry.recipe.dtype) == ("tiny-sd", "diffusers", "float32")
        kept = np.frombuffer(entry.pixels, np.uint8).reshape(32, 32, 3)
        assert (kept == screen.view.figures()[0].picture).all()
        await pilot.press("r", "enter")
        await until(pilot, lambda: len(screen.history.newest()) == 2)
        await pilot.press("h")
        await until(pilot, lambda: app.screen is not screen and app.screen.thumbnails)
        assert "tiny-sd diffusers float32" in seen(app)
        await pilot.press("right", "enter")  # the older one
        await until(pilot, lambda: app.screen is screen and screen.session.recipe == RECIPE and screen.session.at_end)


async def test_a_recipe_of_another_model_comes_with_what_differs(checkpoint: Path, folders: Path) -> None:
    other = RECIPE.replace(model="01234567", model_name="sprite-32", engine="numpy", dtype="float32")
    (folders / "other.json").write_text(to_json(other))
    app = bench_of(checkpoint)
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(app, pilot)
        await pilot.press("o", *"other.json", "enter")
        await until(pilot, lambda: "made with sprite-32 01234567 (numpy, float32)" in notice(app))
        assert screen.session.recipe == RECIPE


async def test_our_own_networks_run_in_pytorch() -> None:
    pytest.importorskip("torch")
    recipe = Recipe(prompt="a red apple", steps=3, seed=7)
    app = TdiffApp(Config(), "true", 5, recipe, choice=EngineChoice("torch", device="cpu"))
    async with app.run_test(size=BIG) as pilot:
        screen = await opened(app, pilot)
        await until(pilot, lambda: screen.session.at_end)
        await pilot.pause()
        wanted = load().generate(recipe)[0]
        assert np.abs(screen.view.figures()[0].picture.astype(int) - wanted).max() <= 1
        assert screen.query_one(CaptionLine).text.startswith("torch cpu · sprite-32")
        assert screen.query_one(CommandLine).command.endswith("--engine torch --device cpu")
        await pilot.press("1")
        await until(pilot, lambda: app.screen.number == 1)  # lessons run on it too


@pytest.mark.parametrize(
    ("choice", "error", "says"),
    [
        (EngineChoice(model=Path("nowhere")), WeightsError, "there is no nowhere"),
        (EngineChoice("jax"), UsageError, "--engine is one of"),
        (EngineChoice(device="cuda"), UsageError, "choose --engine torch"),
        (EngineChoice("diffusers"), UsageError, "give its folder with --model"),
    ],
)
def test_what_cannot_work_is_said_before_the_screen_is_taken(choice: EngineChoice, error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        choice.check()


def test_a_folder_that_is_no_checkpoint_is_refused_before_anything_is_imported(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text('{"_class_name": "FluxPipeline"}')
    with pytest.raises(WeightsError, match="FluxPipeline"):
        EngineChoice(model=tmp_path).check()
