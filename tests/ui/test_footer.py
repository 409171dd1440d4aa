"""The footer names keys that work where they are shown, and all of them fit."""

import gc
from itertools import compress

import pytest
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from tdiff.lessons.core.finding import find_lab
from tdiff.lessons.core.loader import available, load_lesson
from tdiff.ui.layout import LEAST
from tdiff.ui.screens.help_screen import HelpScreen
from tdiff.ui.widgets.key_footer import fitting

from .looking import seen

SMALL = (80, 24)


def named(app) -> dict[str, str]:
    """What the footer shows: how a key is written, and what it does."""
    return {key.key_display: key.description for key in app.screen.query_one(Footer).query(FooterKey) if key.display}


@pytest.mark.parametrize("lesson", [1, 2, 3, 4, 5])
async def test_every_key_in_the_footer_fits_into_eighty_columns(explorer, until, lesson: int) -> None:
    app = explorer(lesson=lesson)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None and "?" in named(app))
        await pilot.pause()
        assert all(key.region.right <= SMALL[0] for key in app.screen.query_one(Footer).query(FooterKey))


@pytest.mark.parametrize("name", sorted({card.lab for n in available() for card in load_lesson(n).cards if card.lab}))
def test_the_keys_of_every_lab_fit_into_eighty_columns(name: str) -> None:
    items = [*(f"{key} {does}" for key, does in find_lab(name).keys), "? keys"]
    assert len("  ".join(items)) <= SMALL[0] - 2


async def test_while_a_prompt_is_written_only_keys_that_write_nothing_are_named(explorer, until) -> None:
    app = explorer()
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None and "/" in named(app))
        await pilot.press("slash")
        await until(pilot, lambda: "esc" in named(app))
        assert set(named(app)) == {"enter", "tab", "esc", "f1"}
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


@pytest.mark.parametrize("lesson", [1, 5])
async def test_at_the_smallest_size_entries_are_whole_and_help_is_there(explorer, until, lesson: int) -> None:
    app = explorer(lesson=lesson)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None and "?" in named(app))
        wide = named(app)
        await pilot.resize_terminal(*LEAST)
        await until(pilot, lambda: len(named(app)) < len(wide))
        await pilot.pause()
        keys = [key for key in app.screen.query_one(Footer).query(FooterKey) if key.display]
        assert all(key.region.right <= LEAST[0] for key in keys) and "?" in named(app)
        *_, last = seen(app).splitlines()
        assert all(f"{key} {description}" in last for key, description in named(app).items())
        await pilot.resize_terminal(*SMALL)
        await until(pilot, lambda: named(app) == wide)


@pytest.mark.parametrize(("room", "shown"), [(100, "abcz"), (9, "abcz"), (8, "abz"), (6, "acz"), (3, "z"), (1, "z")])
def test_what_fits_is_shown_from_the_left_and_the_last_always(room: int, shown: str) -> None:
    widths = {"a": 2, "b": 3, "c": 1, "z": 3}
    assert "".join(compress(widths, fitting(list(widths.values()), room))) == shown


async def test_entries_that_are_gone_are_let_go_of(explorer, until) -> None:
    app = explorer()
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None and "/" in named(app))
        before = let_go_of()
        for _ in range(8):
            await pilot.press("slash")
            await until(pilot, lambda: "esc" in named(app))
            await pilot.press("escape")
            await until(pilot, lambda: "/" in named(app))
        assert let_go_of() <= before + 2 * len(named(app))


def let_go_of() -> int:
    """How many entries are held that no footer shows."""
    gc.collect()
    return sum(issubclass(type(each), FooterKey) and not each.is_attached for each in gc.get_objects())
