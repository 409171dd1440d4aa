"""The sets that are learned, and their controls."""

import numpy as np
import pytest

from tdiff.diffusion import SettingError
from tdiff.tinytrain import CLOSE, SIZES, nearest, picture_set


@pytest.mark.parametrize("size", SIZES)
def test_a_set_has_its_size_and_a_control_as_large(size):
    pictures = picture_set(size)
    for half, names in ((pictures.train, pictures.names), (pictures.held_out, pictures.held_out_names)):
        assert half.shape == (size, 16, 16, 3)
        assert half.dtype == np.float32
        assert -1 <= half.min() < half.max() <= 1
        assert len(names) == size


@pytest.mark.parametrize("size", SIZES)
def test_no_picture_of_the_control_was_trained_on(size):
    pictures = picture_set(size)
    assert nearest(pictures.held_out, pictures.train).distance.min() > 0.01


@pytest.mark.parametrize("size", [4, 8, 40])
def test_no_two_sprites_could_be_taken_for_each_other(size):
    """A sample within CLOSE of one is then far from all others."""
    train = picture_set(size).train
    for i in range(size):
        assert nearest(train[i : i + 1], np.delete(train, i, axis=0)).distance[0] > 3 * CLOSE


def test_all_400_are_different_and_come_from_the_eight():
    eight, many = picture_set(8), picture_set(400)
    assert len(np.unique(many.train.reshape(400, -1), axis=0)) == 400
    assert {name.split()[-1] for name in many.names} == set(eight.names)
    assert "blue heart" in many.names
    assert "whale" in many.names


def test_a_control_is_no_farther_from_its_set_than_the_set_from_itself():
    """Control and training set are draws of one kind, so that a ratio of 1 means what it should."""
    pictures = picture_set(400)
    within = [
        nearest(pictures.train[i : i + 1], np.delete(pictures.train, i, axis=0)).distance[0] for i in range(0, 400, 4)
    ]
    across = nearest(pictures.held_out, pictures.train).distance
    assert np.mean(across) == pytest.approx(np.mean(within), rel=0.15)


def test_sets_are_the_same_every_time_and_cannot_be_written_to():
    names, train = picture_set(8).names, picture_set(8).train.copy()
    picture_set.cache_clear()
    assert picture_set(8).names == names
    np.testing.assert_array_equal(picture_set(8).train, train)
    with pytest.raises(ValueError, match="read-only"):
        picture_set(8).train[0] = 0


def test_other_sizes_are_refused():
    with pytest.raises(SettingError, match="no set of 7 training pictures: choose one of 4, 8, 40, 400"):
        picture_set(7)
