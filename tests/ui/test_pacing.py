"""On a slow line pictures come row by row, keys' echoes do not wait for them, and the last picture is exact."""

from collections.abc import Callable

import numpy as np

from tdiff.ui.pacing import Pacing
from tests.ui.test_pixel_view import Canvas, noise, shown

ROW = 1_100  # bytes, about, of 32 cells of static


class FakeLine:
    """Stands for a pacer."""

    def __init__(self, slice_bytes: int) -> None:
        self.slice_bytes, self.free = slice_bytes, True


class Slow:
    """A pacing whose time passes when the test says so."""

    def __init__(self, slice_bytes: int = ROW) -> None:
        self.line = FakeLine(slice_bytes)
        self.timers: list[Callable[[], None]] = []
        self.pacing = Pacing(self.line, lambda _, then: self.timers.append(then))  # type: ignore[arg-type]

    def tick(self) -> None:
        due, self.timers = self.timers, []
        for then in due:
            then()


async def test_rows_come_a_slice_at_a_time_and_the_picture_ends_exact() -> None:
    before, after = noise(seed=1), noise(seed=2)
    app, slow = Canvas(before), Slow()
    async with app.run_test(size=(40, 20)):
        old = shown(app).buffer
        app.pacing = slow.pacing  # type: ignore[attr-defined]
        app.view.show(after)
        rows = [[shown(app).buffer[y][x] != old[y][x] for x in range(32)] for y in range(16)]
        assert 1 <= sum(any(row) for row in rows) <= 2
        for _ in range(40):
            slow.tick()
        reference = Canvas(after)
        async with reference.run_test(size=(40, 20)):
            assert shown(app).buffer == shown(reference).buffer


async def test_the_newest_picture_wins() -> None:
    app, slow = Canvas(noise(seed=1)), Slow()
    async with app.run_test(size=(40, 20)):
        app.pacing = slow.pacing  # type: ignore[attr-defined]
        for seed in range(2, 9):
            app.view.show(noise(seed=seed))
            slow.tick()
        for _ in range(40):
            slow.tick()
        reference = Canvas(noise(seed=8))
        async with reference.run_test(size=(40, 20)):
            assert shown(app).buffer == shown(reference).buffer


async def test_nothing_goes_out_while_the_line_is_taken() -> None:
    app, slow = Canvas(noise(seed=1)), Slow()
    async with app.run_test(size=(40, 20)):
        app.pacing = slow.pacing  # type: ignore[attr-defined]
        slow.line.free = False
        old = shown(app).buffer
        app.view.show(noise(seed=2))
        slow.tick()
        assert shown(app).buffer == old
        slow.line.free = True
        slow.pacing.go_on()
        assert shown(app).buffer != old


def test_drawing_and_rows_take_turns() -> None:
    slow, order = Slow(), []

    class View:
        rows = 3

        def show_some(self, room: int) -> int:
            if not self.rows:
                return 0
            self.rows -= 1
            order.append("row")
            return ROW

    def draw() -> None:
        order.append("draw")
        slow.pacing.when_free(draw)

    slow.line.free = False
    slow.pacing.offer(View())
    slow.pacing.when_free(draw)
    slow.line.free = True
    for _ in range(6):
        slow.tick()
    assert order[:6] in (["row", "draw"] * 3, ["draw", "row"] * 3)


def test_on_a_fast_line_a_drawing_is_called_at_once() -> None:
    slow, calls = Slow(slice_bytes=1 << 20), []
    slow.pacing.when_free(lambda: calls.append(1))
    assert calls == [1] and not np.any(slow.timers)
