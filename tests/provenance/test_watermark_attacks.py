"""What is done to pictures keeps their shape and does what its name says."""

import numpy as np
import pytest

from tdiff.provenance.watermark_attacks import ATTACKS, attacked, cropped, flipped, noisy, resized
from tests.provenance.recipes import PICTURE

RNG = np.random.default_rng(3)
SMOOTH = np.repeat(np.linspace(20, 230, 32).astype(np.uint8)[None, :, None], 32, 0).repeat(3, 2)
ROUGH = RNG.integers(0, 256, (32, 32, 3)).astype(np.uint8)


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("picture", [SMOOTH, ROUGH, PICTURE], ids=["smooth", "rough", "other size"])
def test_shape_and_type_stay(name, picture):
    before = picture.copy()
    changed = attacked(np.stack([picture, picture]), name)
    assert changed.shape == (2, *picture.shape) and changed.dtype == np.uint8
    np.testing.assert_array_equal(picture, before)
    np.testing.assert_array_equal(changed, attacked(np.stack([picture, picture]), name))


@pytest.mark.parametrize("name", [name for name in ATTACKS if name != "none"])
def test_every_attack_changes_a_rough_picture(name):
    assert np.abs(attacked(ROUGH[None], name)[0].astype(int) - ROUGH).mean() > 0.5


def test_noise_is_as_strong_as_said():
    grey = np.full((64, 64, 3), 128, np.uint8)
    assert abs((noisy(grey, RNG, 10.0).astype(int) - 128).std() - 10) < 0.5


def test_half_the_size_loses_detail_and_keeps_gradients():
    assert resized(ROUGH, 0.5).std() < 0.8 * ROUGH.std()
    assert np.abs(resized(SMOOTH, 0.5).astype(int) - SMOOTH).max() <= 6


def test_a_crop_enlarges_the_middle():
    middle = np.zeros((32, 32, 3), np.uint8)
    middle[2:30, 2:30] = 255
    assert cropped(middle).min() > 200
    assert cropped(SMOOTH)[0, 0, 0] > SMOOTH[0, 0, 0] + 8


def test_mirroring_twice_gives_the_picture_back():
    np.testing.assert_array_equal(flipped(flipped(ROUGH)), ROUGH)
    np.testing.assert_array_equal(flipped(ROUGH)[:, 0], ROUGH[:, -1])
