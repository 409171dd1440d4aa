"""What the experiments on training find."""

import numpy as np
import pytest

from tdiff.lessons.training.recorded import training_recording
from tests.lessons.running import Runs

pytestmark = pytest.mark.slow


def test_training_levels_have_no_order(ran: Runs) -> None:
    final = ran["training.which_order"][-1]
    assert final.answer == 2
    assert sum(int(row[1]) for row in final.table[1:]) == final.values["exercises"] == len(final.curves[0].ys)
    errors = [float(row[2]) for row in final.table[1:]]
    assert errors == sorted(errors)  # the heavier the noise, the larger: as the cards that follow say


def test_sprites_appear_while_it_trains(ran: Runs) -> None:
    *_, final = ran["training.live_training"]
    assert final.values["sprites"] >= 6
    assert [pane.title for pane in final.panes] == [f"after {steps} steps" for steps in (0, 100, 250, 500)]
    first = int(final.values["first"].removeprefix("step "))
    assert final.answer == (0 if first <= 100 else 1 if first <= 250 else 2)


def test_the_total_hides_what_happens_at_light_noise(ran: Runs) -> None:
    values = ran["training.flat_total"][-1].values
    assert values["light"] > 2 * values["total"]
    assert values["shown"] > values["shown_before"]
    assert 0 < values["floor"] < values["error"]


def test_doing_nothing_has_a_low_loss_and_makes_no_picture(ran: Runs) -> None:
    final = ran["training.low_loss"][-1]
    assert final.values["idle"] < final.values["model"]
    idle, model = (pane.picture.astype(float) for pane in final.panes[2:])
    assert np.abs(np.diff(idle, axis=0)).mean() > 3 * np.abs(np.diff(model, axis=0)).mean()


def test_a_narrow_network_learns_the_clean_picture_and_not_v(ran: Runs) -> None:
    values = ran["training.what_to_predict"][-1].values
    assert values["shown_v"] == 0 < values["shown"]
    assert values["clean"] < values["v"]


def test_fewer_pictures_are_copied_more(ran: Runs) -> None:
    values = ran["training.copy_or_learn"][-1].values
    assert values["four"] < 0.5 < values["four_hundred"]
    assert values["four"] < values["forty"]


def test_what_is_recorded_says_so_and_the_rest_is_made_now(ran: Runs) -> None:
    recording = training_recording()
    final = ran["training.real_training"][-1]
    assert [pane.title.startswith("recorded at ") for pane in final.panes] == [True, True, True, False]
    assert all("recorded" in curve.name for curve in final.curves)
    assert (final.panes[2].picture == recording.pictures[-1, 3]).all()
    made = final.panes[3].picture.astype(float)
    apart = np.abs(made - recording.pictures[-1].astype(float)).mean(axis=(1, 2, 3))
    assert apart.argmin() == 3  # same prompt and noise: nearer to its own snapshot than to any other
    assert final.values["difference"] == pytest.approx(apart[3] / 127.5, abs=0.01)
