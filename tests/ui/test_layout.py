"""Every size of terminal has an arrangement that fits it."""

from hypothesis import given
from hypothesis import strategies as st

from tdiff.ui.layout import plan

_CONTROLS = 7


@given(st.integers(1, 400), st.integers(1, 120), st.integers(1, 8))
def test_whatever_the_size_the_pictures_fit(width: int, height: int, panes: int) -> None:
    chosen = plan(width, height, panes)
    if width < 60 or height < 18:
        assert chosen.kind == "too-small"
        return
    across, frame = chosen.across, chosen.framed
    down = -(-chosen.shown // across)
    assert 1 <= chosen.shown <= panes
    assert across * (32 * chosen.scale + 1 + frame) - 1 <= width
    assert 34 * bool(chosen.hero) + 32 * chosen.hero + 2 <= width - 40 * (chosen.kind == "corner")
    rows = 16 * chosen.scale if chosen.kind == "compact" else down * (16 * chosen.scale + 1 + frame) + _CONTROLS
    assert rows <= height


def test_the_sizes_that_we_name() -> None:
    assert plan(59, 18).kind == plan(60, 17).kind == "too-small"
    assert plan(60, 18).kind == "compact"
    assert (plan(80, 24).kind, plan(80, 24).shown) == ("beside", 1)
    assert plan(160, 50).hero == 2
    assert (plan(120, 36).kind, plan(120, 36).shown) == ("above", 3)
    assert (plan(160, 50).kind, plan(160, 50).shown) == ("corner", 3)
    assert (plan(200, 60).scale, plan(200, 60).shown) == (2, 3)
    assert plan(200, 60, panes=4).shown == 4
