"""The footer names keys that work where they are shown, and all of them fit."""

from importlib import import_module

import pytest
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from tdiff.ui.screens.help_screen import HelpScreen
from tdiff.ui.stages import STAGES

SMALL = (80, 24)


def named(app) -> dict[str, str]:
    """What the footer shows: how a key is written, and what it does."""
    return {key.key_display: key.description for key in app.screen.query_one(Footer).query(FooterKey)}


@pytest.mark.parametrize("lesson", [1, 2, 3, 4, 5])
async def test_every_key_in_the_footer_fits_into_eighty_columns(explorer, until, lesson: int) -> None:
    app = explorer(lesson=lesson)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None and "?" in named(app))
        await pilot.pause()
        assert all(key.region.right <= SMALL[0] for key in app.screen.query_one(Footer).query(FooterKey))


@pytest.mark.parametrize("name", STAGES)
def test_the_keys_of_every_stage_fit_into_eighty_columns(name: str) -> None:
    module, kind = STAGES[name]
    items = f"{getattr(import_module(f'tdiff.ui.stages.{module}'), kind).hint}   ? keys".split("   ")
    assert len("  ".join(items)) <= SMALL[0] - 2


async def test_while_a_prompt_is_written_only_keys_that_write_nothing_are_named(explorer, until) -> None:
    app = explorer()
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None and "/" in named(app))
        await pilot.press("slash")
        await until(pilot, lambda: "esc" in named(app))
        assert set(named(app)) == {"tab", "esc", "f1"}
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
