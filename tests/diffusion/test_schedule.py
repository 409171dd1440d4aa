"""The schedule and the grid: the numbers that every picture depends on."""

import math

import numpy as np
import pytest

from tdiff.diffusion import SettingError, alpha_sigma, log_snr, noise_level, time_grid, time_of_noise_level


def test_variance_is_preserved_at_every_time():
    alpha, sigma = alpha_sigma(np.linspace(0, 1, 1001))
    np.testing.assert_allclose(alpha**2 + sigma**2, 1, atol=1e-12)


def test_alpha_is_the_cosine_of_the_paper():
    alpha, sigma = alpha_sigma(0.5)
    assert alpha == pytest.approx(math.cos((0.5 + 0.008) / 1.008 * math.pi / 2))
    assert isinstance(alpha, float)
    assert isinstance(sigma, float)


def test_pure_noise_keeps_a_finite_log_snr():
    assert alpha_sigma(1.0)[0] == 0.02
    assert log_snr(1.0) == pytest.approx(math.log(0.02**2 / (1 - 0.02**2)))
    assert np.isfinite(log_snr(np.linspace(0, 1, 1001))).all()


def test_noise_only_grows_with_time_until_the_clamp():
    levels = noise_level(np.linspace(0, 0.98, 200))
    assert (np.diff(levels) > 0).all()
    assert noise_level(0.99) == noise_level(1.0)


@pytest.mark.parametrize("t", [0.0, 0.001, 0.1, 0.5, 0.9, 0.98])
def test_the_time_of_a_noise_level_is_found_again(t):
    assert time_of_noise_level(noise_level(t)) == pytest.approx(t, abs=1e-9)


def test_levels_beyond_the_schedule_answer_its_ends():
    assert time_of_noise_level(0.0) == 0
    assert time_of_noise_level(1.0) == pytest.approx(0.98716, abs=1e-5)
    assert noise_level(time_of_noise_level(1.0)) == pytest.approx(noise_level(1.0))


@pytest.mark.parametrize("steps", [1, 2, 20, 1000])
def test_the_grid_falls_from_noise_to_a_clean_picture_in_equal_steps(steps):
    grid = time_grid(steps)
    np.testing.assert_allclose([level.t for level in grid], 1 - np.arange(steps + 1) / steps, atol=1e-12)
    assert grid[-1] == (0, 1, 0)
    assert [level[1:] for level in grid[:-1]] == [alpha_sigma(level.t) for level in grid[:-1]]


@pytest.mark.parametrize("steps", [0, -1, 1001, 10**9, 2.5, True, "20", None, float("nan")])
def test_other_numbers_of_steps_are_refused(steps):
    with pytest.raises(SettingError, match="steps must be a whole number from 1 to 1000"):
        time_grid(steps)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_times_and_levels_outside_their_range_are_refused(value):
    with pytest.raises(SettingError, match="between 0"):
        alpha_sigma(value)
    with pytest.raises(SettingError, match="between 0"):
        time_of_noise_level(value)
