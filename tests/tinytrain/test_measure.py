"""Distances, ratios and appearances on pictures made by hand."""

import math

import numpy as np
import pytest

from tdiff.tinytrain import RunningLosses, appeared, memorisation, nearest
from tdiff.tinytrain.report import by_band


def flat(*levels):
    """Pictures of one plain level each."""
    return np.stack([np.full((4, 4, 3), level, np.float32) for level in levels])


def test_the_nearest_picture_is_found_with_its_mean_squared_distance():
    found = nearest(flat(0.1, -0.9), flat(-1, 0, 1))
    assert found.index.tolist() == [1, 0]
    np.testing.assert_allclose(found.distance, [0.01, 0.01], rtol=1e-5)


def test_a_copy_is_at_distance_zero_exactly():
    train = np.random.default_rng(0).uniform(-1, 1, (40, 16, 16, 3)).astype(np.float32)
    assert (nearest(train, train).distance == 0).all()


def test_copies_have_a_ratio_near_zero():
    rng = np.random.default_rng(0)
    train, held_out = rng.uniform(-1, 1, (2, 40, 8, 8, 3)).astype(np.float32)
    samples = train[rng.integers(40, size=32)] + np.float32(0.01)
    found = memorisation(samples, train, held_out)
    assert found.ratio < 0.01
    assert found.train.distance.max() < found.held_out.distance.min()


def test_having_been_trained_on_makes_no_difference_to_pictures_that_are_new():
    rng = np.random.default_rng(0)
    samples, train, held_out = rng.uniform(-1, 1, (3, 60, 4, 4, 3)).astype(np.float32)
    assert memorisation(samples, train, held_out).ratio == pytest.approx(1, abs=0.05)


def test_equal_sets_have_a_ratio_of_one_even_where_all_are_copies():
    assert memorisation(flat(0, 1), flat(0, 1), flat(0, 1)).ratio == 1


def test_a_sprite_has_appeared_when_a_sample_comes_close_enough():
    train = flat(-1, 0, 1)
    seen = appeared(flat(-0.9, -0.83, 0.5, 0.2), train)  # squared distances 0.01, 0.0289, 0.25, 0.04
    assert seen.sprites == (True, False, False)
    assert seen.samples == (True, True, False, False)
    assert seen.count == 1


def test_errors_are_told_apart_by_noise_level():
    bands = by_band(np.array([1.0, 3.0, 5.0, 7.0]), np.array([0.1, 0.2, 0.6, 0.9998]))
    assert bands[0] == 2
    assert math.isnan(bands[1])
    assert bands[2:] == (5, 7)


def test_running_losses_begin_as_a_mean_and_then_follow():
    running = RunningLosses(span=4)
    assert all(map(math.isnan, running.values))
    for value in (1.0, 3.0):
        running.add((value, math.nan, value, value))
    assert running.values[0] == 2
    assert math.isnan(running.values[1])
    for _ in range(60):
        running.add((10.0, 1.0, 1.0, 1.0))
    assert running.values[0] == pytest.approx(10, abs=0.01)
    assert running.values[1] == 1
