"""What cannot be kept is said, stays in memory, and is kept as soon as it can be; damage is set aside and said."""

import sqlite3
from pathlib import Path

import pytest

from tdiff.lessons.core.loader import load_lesson
from tdiff.store.history import History
from tdiff.store.place import load_place
from tdiff.store.progress import Progress, load_progress, save_progress
from tdiff.ui.control.notebook import Notebook

from .looking import BIG, QUICK, notice, opened, seen

pytestmark = pytest.mark.slow


@pytest.fixture
def state(folders: Path) -> Path:
    """The state folder, as a file: nothing can be written there."""
    path = folders / "state" / "tdiff"
    path.parent.mkdir()
    path.write_text("in the way")
    return path


async def test_pictures_wait_in_memory_until_there_is_room(explorer, until, state: Path) -> None:
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await until(pilot, lambda: "kept in memory" in notice(app))
        await pilot.press("h")
        await until(pilot, lambda: "in memory only" in seen(app))
        assert "a red apple" in seen(app)
        await pilot.press("d")
        await until(pilot, lambda: "a red apple" not in seen(app))
        await pilot.press("u")
        await until(pilot, lambda: "a red apple" in seen(app))
        await pilot.press("escape")
        state.unlink()
        await until(pilot, lambda: studio.history.waiting == 0)
        await until(pilot, lambda: "in the history now" in notice(app))
    assert [entry.recipe.seed for entry in History().newest()] == [QUICK.seed]


async def test_progress_waits_in_memory_until_there_is_room(explorer, until, state: Path) -> None:
    app = explorer(1, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        assert "kept in memory" in notice(app)
        await pilot.press("right_square_bracket")
        state.unlink()
        await until(pilot, lambda: "is written now" in notice(app))
    assert len(load_progress()[0].seen) == 2
    assert load_place()[0].lesson == 1


async def test_that_nothing_can_be_written_is_said_once_and_not_at_every_card(explorer, until, state: Path) -> None:
    app = explorer(1, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await until(pilot, lambda: "kept in memory" in notice(app))
        for key in ("right_square_bracket", "left_square_bracket", "right_square_bracket"):
            app.screen.port.say("")
            await pilot.press(key)
            await pilot.pause()
            assert "kept in memory" not in notice(app)


def test_a_card_that_was_seen_before_has_nothing_to_lose_and_a_loss_is_said_once(state: Path) -> None:
    said: list[str] = []
    lesson = load_lesson(1)
    notebook = Notebook(lesson, lambda sentence, trouble: said.append(sentence))
    for place in (0, 1, 0, 1):
        notebook.at = place
        notebook.opened(lesson.cards[place])
    assert len(said) == 1 and "kept in memory" in said[0] and notebook.unwritten
    state.unlink()
    notebook.keep_again()
    assert len(said) == 2 and "is written now" in said[1] and not notebook.unwritten
    again = Notebook(lesson, lambda sentence, trouble: said.append(sentence))
    (state / "progress.json").rename(state.parent / "kept")
    (state / "progress.json").mkdir()
    again.opened(lesson.cards[again.at])
    assert len(said) == 2


async def test_two_lessons_of_one_explorer_and_another_tdiff_keep_each_others_progress(explorer, until) -> None:
    app = explorer(1, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: len(load_progress()[0].seen) == 1)
        save_progress(Progress().seen_card(4, "of another", 2), since=Progress())
        await pilot.press("2")
        await until(pilot, lambda: len(load_progress()[0].seen) == 3)
        await pilot.press("1", "right_square_bracket")
        await until(pilot, lambda: len(load_progress()[0].seen) == 4)


async def test_a_damaged_history_is_said_and_what_is_made_next_is_kept(explorer, until) -> None:
    path = History().path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database" * 500)
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        studio = await opened(app, pilot, until)
        await until(pilot, lambda: "history.sqlite.damaged" in notice(app))
        await until(pilot, lambda: len(studio.history.newest()) == 1)


@pytest.mark.parametrize("column", ["recipe", "pixels", "start", "at", "note"])
async def test_entries_that_make_no_sense_are_said_and_the_gallery_opens(explorer, until, column: str) -> None:
    for seed in (1, 2):
        History().add(QUICK.replace(seed=seed, prompt="a blue frog"), bytes(32 * 32 * 3))
    with sqlite3.connect(History().path) as database:
        database.execute(f"update made set {column} = 'x\x1b]0;owned\x07[/]' where id = 2")
        database.execute(f"update made set {column} = x'ff00' where id = 1")
    database.close()
    app = explorer(5, recipe=QUICK)
    async with app.run_test(size=BIG) as pilot:
        await opened(app, pilot, until)
        await pilot.press("h")
        await until(pilot, lambda: "what you made" in seen(app))
        await until(pilot, lambda: "cannot be read" in seen(app))
        assert "\x1b" not in seen(app) and "a red apple" in seen(app)
