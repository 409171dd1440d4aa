"""On a slow line little is under way; on a fast one, and on one that says nothing, there is no limit."""

import pytest

from tdiff.terminal.pacer import Pacer


class Line:
    """A terminal behind a line of so many bytes a second and so many seconds there and back."""

    def __init__(self, rate: float, travel: float = 0.04) -> None:
        self.now, self.rate, self.travel, self.free_at = 100.0, rate, travel, 0.0
        self.pacer = Pacer(lambda: self.now)

    def send(self, count: int) -> float:
        """Send, and return when the receipt will be there."""
        self.pacer.sent(count)
        self.free_at = max(self.free_at, self.now) + count / self.rate
        return self.free_at + self.travel

    def exchange(self, count: int) -> None:
        """Send, and wait for the receipt."""
        self.now = self.send(count)
        self.pacer.received()


@pytest.mark.parametrize("rate", [1_200.0, 8_000.0, 125_000.0])
def test_slices_shrink_to_what_a_slow_line_carries_in_a_moment(rate: float) -> None:
    line = Line(rate)
    line.exchange(0)
    for _ in range(12):
        line.exchange(max(line.pacer.slice_bytes, 1200))
    assert line.pacer.slice_bytes <= max(rate / 10, 300)
    assert line.pacer.slice_bytes >= min(rate / 50, 300)


def test_a_fast_line_carries_whole_screens() -> None:
    line = Line(50e6, travel=0.002)
    line.exchange(0)
    for _ in range(12):
        line.exchange(max(line.pacer.slice_bytes, 1200))
    assert line.pacer.slice_bytes > 200_000


def test_on_a_slow_line_one_slice_is_under_way_at_a_time() -> None:
    line = Line(8_000)
    line.exchange(0)
    line.exchange(4_000)
    due = line.send(1200)
    assert not line.pacer.free
    line.now = due
    line.pacer.received()
    assert line.pacer.free


def test_a_terminal_that_never_answers_is_not_paced() -> None:
    line = Line(8_000)
    line.pacer.sent(5_000)
    line.pacer.sent(5_000)
    assert not line.pacer.free
    line.now += 1.5
    assert line.pacer.free and line.pacer.slice_bytes > 200_000
    line.pacer.sent(50_000)
    assert line.pacer.free and not line.pacer.awaiting


def test_where_nobody_was_asked_nothing_waits() -> None:
    pacer = Pacer()
    assert pacer.free and pacer.slice_bytes > 200_000


def test_one_lost_receipt_does_not_stop_the_pictures_for_ever() -> None:
    line = Line(8_000)
    line.exchange(0)
    line.exchange(4_000)
    line.send(1200)
    line.now += 59
    assert not line.pacer.free
    line.now += 2
    assert line.pacer.free
