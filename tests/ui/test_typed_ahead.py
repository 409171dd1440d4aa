"""Keys that come in one packet are obeyed one after the other, whatever becomes of the widgets that they go to."""

import asyncio

from textual.app import ComposeResult
from textual.widgets import Input, Static

from tdiff.ui.typed_ahead import TypedAhead


class Opener(Static, can_focus=True):
    """Opens the field, after a while or by going away itself."""

    async def key_o(self) -> None:
        await asyncio.sleep(1)  # as on a busy machine
        self.app.query_one(Input).focus()

    async def key_r(self) -> None:
        await self.remove()
        self.app.query_one(Input).focus()


class Opening(TypedAhead):
    def compose(self) -> ComposeResult:
        yield Opener()
        yield Input()


async def test_a_key_waits_for_the_one_before_however_slow_that_is(until) -> None:
    app = Opening()
    async with app.run_test() as pilot:
        app.query_one(Opener).focus()
        for key in "ocat":
            app.simulate_key(key)
        await until(pilot, lambda: app.query_one(Input).value == "cat")


async def test_nobody_waits_for_a_widget_that_is_gone(until) -> None:
    app = Opening()
    async with app.run_test() as pilot:
        app.query_one(Opener).focus()
        for key in "rcat":
            app.simulate_key(key)
        await until(pilot, lambda: app.query_one(Input).value == "cat")
