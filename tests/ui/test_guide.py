"""The guide marks what lies below its last row, and forgets it where that is only keys."""

from dataclasses import replace

import pytest
from textual.app import App, ComposeResult

from tdiff.ui.widgets.guide import Guide
from tdiff.views.page import Link, Page


class Small(App[None]):
    def compose(self) -> ComposeResult:
        yield Guide()


def seen(app: App[None]) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def test_there_is_more_until_the_last_row_is_in_sight() -> None:
    app = Small()
    async with app.run_test(size=(40, 10)) as pilot:
        guide = app.query_one(Guide)
        guide.show(Page("A card", "what came out:", result="so much", table=tuple((str(n),) for n in range(9))))
        await pilot.pause()
        assert "↓ more" in seen(app)
        guide.scroll_to(y=5, animate=False)
        await pilot.pause()
        assert "↓ more" not in seen(app) and "8" in seen(app)
        guide.scroll_home(animate=False)
        await pilot.pause()
        assert "↓ more" in seen(app)
        await pilot.resize_terminal(40, 30)
        await pilot.pause()
        assert "↓ more" not in seen(app)


async def test_a_hint_and_links_below_are_no_more() -> None:
    app = Small()
    async with app.run_test(size=(40, 10)) as pilot:
        app.query_one(Guide).show(
            Page("A card", "\n".join(map(str, range(7))), hint="a key", links=(Link("l", "close", "x"),))
        )
        await pilot.pause()
        assert app.query_one(Guide).max_scroll_y > 0
        assert "↓ more" not in seen(app)


@pytest.mark.parametrize(("chosen", "verdict"), [(1, "As you said."), (0, "The run says b, many.")])
async def test_question_and_verdict_are_in_sight_together(chosen: int, verdict: str) -> None:
    app = Small()
    async with app.run_test(size=(40, 14)) as pilot:
        guide = app.query_one(Guide)
        card = Page("A card", "\n".join(map(str, range(9))), question="How many?", options=("none", "many"))
        guide.show(card)
        await pilot.pause()
        guide.show(replace(card, chosen=chosen, right=1, result="so many\n" * 9))
        await pilot.pause()
        await pilot.pause()
        assert "How many?" in seen(app) and verdict in seen(app)
