"""Every size of terminal has an arrangement that fits it."""

from hypothesis import given
from hypothesis import strategies as st

from tdiff.ui.layout import arrangement

_CONTROLS = 7


@given(st.integers(1, 400), st.integers(1, 120), st.integers(1, 8))
def test_whatever_the_size_the_pictures_fit(width: int, height: int, panes: int) -> None:
    chosen = arrangement(width, height, panes)
    if width < 60 or height < 18:
        assert chosen.shape == "too-small"
        return
    across, frame = chosen.across, chosen.framed
    down = -(-chosen.shown // across)
    assert 1 <= chosen.shown <= panes
    assert across * (32 * chosen.scale + 1 + frame) - 1 <= width
    assert 34 * bool(chosen.hero) + 32 * chosen.hero + 2 <= width - 40 * (chosen.shape == "corner")
    rows = 16 * chosen.scale if chosen.shape == "compact" else down * (16 * chosen.scale + 1 + frame) + _CONTROLS
    assert rows <= height


def test_the_sizes_that_we_name() -> None:
    assert arrangement(59, 18).shape == arrangement(60, 17).shape == "too-small"
    assert arrangement(60, 18).shape == "compact"
    assert (arrangement(80, 24).shape, arrangement(80, 24).shown) == ("beside", 1)
    assert arrangement(160, 50).hero == 2
    assert (arrangement(120, 36).shape, arrangement(120, 36).shown) == ("above", 3)
    assert (arrangement(160, 50).shape, arrangement(160, 50).shown) == ("corner", 3)
    assert [arrangement(160, 50, canvases).across for canvases in (4, 5, 6)] == [2, 3, 3]
    assert (arrangement(200, 60).scale, arrangement(200, 60).shown) == (2, 3)
    assert arrangement(200, 60, canvases=4).shown == 4
