"""So many of so many: the interval that goes with it."""

import math

from tdiff.share import share


def test_shares_carry_wilsons_interval() -> None:
    half, none = share(50, 100), share(0, 50)
    assert (half.value, round(half.low, 3), round(half.high, 3)) == (0.5, 0.404, 0.596)
    assert none.low == 0 and round(none.high, 3) == 0.071


def test_nothing_counted_says_nothing() -> None:
    nothing = share(0, 0)
    assert math.isnan(nothing.value)
    assert (nothing.low, nothing.high) == (0, 1)
