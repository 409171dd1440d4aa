"""What the experiments on adding noise find."""

import numpy as np
import pytest

from tests.lessons.running import Runs


def test_a_jump_ends_where_a_chain_does(ran: Runs) -> None:
    values = ran["forward.any_level"][-1].values
    assert values["chain"] == pytest.approx(0.7, abs=0.02)
    assert values["jump"] == pytest.approx(0.7, abs=0.02)
    measured, formula = ran["forward.any_level"][-1].curves
    np.testing.assert_allclose(measured.ys, formula.ys, atol=0.02)


def test_the_model_sees_through_noise_that_hides_the_picture(ran: Runs) -> None:
    values = ran["forward.lost_in_noise"][-1].values
    assert values["guess"] > values["mixture"] + 0.2
    assert values["last_guess"] < values["guess"]
