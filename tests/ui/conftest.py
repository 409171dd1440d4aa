"""The explorer, opened on folders of its own."""

import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tdiff.engines.choice import OURS
from tdiff.recipe import Recipe
from tdiff.store.config import Config
from tests.ui.lesson3 import FROG, Lesson
from tests.ui.looking import BIG, QUICK, turn_to

if TYPE_CHECKING:
    from tdiff.pipeline import Pipeline

PATIENCE = float(os.environ.get("TDIFF_PATIENCE", "30"))
"""Seconds that a test waits for something to come; more where a machine is busy with other things."""


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    yield tmp_path


@pytest.fixture(scope="session")
def model() -> "Pipeline":
    """The model that ships with tdiff, loaded once for all explorers."""
    import tdiff

    return tdiff.load()


@pytest.fixture
def explorer(model: "Pipeline", monkeypatch: pytest.MonkeyPatch):
    """Makes the app; `until` waits for something to become true."""
    import tdiff.pipeline
    from tdiff.ui.app import TdiffApp

    load = tdiff.pipeline.load_chosen
    monkeypatch.setattr(tdiff.pipeline, "load_chosen", lambda choice: model if choice == OURS else load(choice))

    def make(lesson: int = 1, config: Config | None = None, depth="true", recipe=None):
        return TdiffApp(config or Config(), depth, lesson, recipe)

    return make


@pytest.fixture
def until() -> Callable[..., Awaitable[None]]:
    async def wait(pilot, true: Callable[[], object], seconds: float = PATIENCE) -> None:
        for _ in range(int(seconds / 0.02)):
            if true():
                return
            await pilot.pause(0.02)
        raise AssertionError(f"never came: {true.__code__.co_consts}")

    return wait


@pytest.fixture
def opened(explorer, until):
    """Opens the lab of a card of lesson 4; used as `async with opened(card) as (app, pilot)`."""

    @asynccontextmanager
    async def open_card(card: str, size=(80, 24), recipe: Recipe = QUICK, press: str = "l"):
        app = explorer(4, recipe=recipe)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.pipeline is not None)
            await turn_to(app, pilot, card)
            await pilot.press(press)
            await pilot.pause()
            yield app, pilot

    return open_card


@pytest.fixture
async def lesson(explorer, until, request):
    """Lesson 3 at 120×36 with a frog on the bench, or with the size and recipe of an indirect parameter."""
    size, recipe = getattr(request, "param", (BIG, FROG))
    app = explorer(3, recipe=recipe)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        yield Lesson(app, pilot, until)
