"""Texts that break terminal programs, in every place of the explorer that takes text: shown literally, never fatal."""

import pytest
from textual.widgets import Input

from tdiff.recipe import Recipe
from tdiff.store.config import Config, parse_config
from tdiff.store.history import History
from tdiff.store.place import Place
from tdiff.ui.app import TdiffApp
from tdiff.ui.keymap import settled
from tests.counts import times
from tests.hostile import HOSTILE, SURROGATES, acts

from .looking import BIG, QUICK, opened, seen

SOME = HOSTILE[:: times(6, 1)]


def inert(app) -> bool:
    """Whether nothing on the screen acts on a terminal."""
    return not any(acts(character) for line in seen(app).split("\n") for character in line)


async def test_prompts_and_negatives(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        for text in SOME:
            studio.controller.opening.take(QUICK.replace(prompt=text, negative=text, steps=1))
            await pilot.pause()
            assert inert(app)
        await until(pilot, lambda: studio.session.at_end)
        await pilot.press("f1")
        assert inert(app)


async def test_the_history(explorer, until) -> None:
    for text in SOME:
        History().add(Recipe(prompt=text, negative=text), bytes(32 * 32 * 3), note=text)
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        await opened(app, pilot, until)
        await pilot.press("h")
        await until(pilot, lambda: len(app.screen.query("Thumbnail")) >= min(len(SOME), 60))
        for _ in SOME[:20]:
            await pilot.press("right")
            assert inert(app)
        await pilot.press("enter")
        await pilot.pause()
        assert inert(app)


async def test_names_of_files_in_dialogs(explorer, until) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        await opened(app, pilot, until)
        await pilot.press("o")
        await until(pilot, lambda: app.screen.query(Input))
        for text in (*SOME, *SURROGATES):
            app.screen.query_one(Input).value = f"/tmp/{text}.png"
            await pilot.press("enter")
            await pilot.pause()
            assert app.screen.query(Input), "the dialog stays, and says what is wrong"
            assert inert(app)


async def test_what_was_on_the_benches(explorer, until) -> None:
    lesson = 1
    for text in HOSTILE[:: times(30, 3)]:
        place = Place(lesson, {lesson: QUICK.replace(prompt=text)}, theme=text)
        app = TdiffApp(Config(), "true", place=place)
        async with app.run_test(size=BIG) as pilot:
            await until(pilot, lambda app=app: app.pipeline is not None)
            assert inert(app)


@pytest.mark.parametrize("text", [*HOSTILE, *SURROGATES])
def test_settings(text: str) -> None:
    config = parse_config(
        {"appearance": {text: 1, "theme": text}, "keys": {text: text, "step": text, "quit": text}, text: 1}
    )
    for sentence in (*config.warnings, *settled(config.keymap())[1]):
        assert not any(map(acts, sentence))
