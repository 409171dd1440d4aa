"""What the experiment on switching prompts finds."""

import numpy as np
import pytest

from tests.lessons.running import Runs


def test_what_is_decided_only_grows(ran: Runs) -> None:
    final = ran["switching.when_decided"][-1]
    colour, shape = final.curves
    for curve in (colour, shape):
        assert (curve.ys[0], curve.ys[-1]) == (0, 100)
        assert np.corrcoef(curve.xs, curve.ys)[0, 1] > 0.5
    half = final.values["colour"]
    assert np.interp(half, colour.xs, colour.ys) == pytest.approx(50, abs=1e-6)
