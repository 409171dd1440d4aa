"""Starting from a picture."""

import numpy as np
import pytest

from tdiff.diffusion import (
    NoiseStream,
    SettingError,
    Trace,
    mean_abs_difference,
    start_from_picture,
    step_of_strength,
    time_grid,
)
from tests.diffusion.gaussian import DOG, SHAPE, made, make_run

PICTURE = np.full(SHAPE, 0.5, np.float32)


@pytest.mark.parametrize(
    ("strength", "steps", "first"), [(1, 20, 0), (0.6, 20, 8), (0.5, 8, 4), (0.01, 20, 19), (0.99, 4, 0)]
)
def test_strength_says_how_many_of_the_last_steps_are_taken(strength, steps, first):
    assert step_of_strength(strength, steps) == first


def test_the_picture_is_noised_to_the_level_of_that_step():
    start = start_from_picture(PICTURE, 0.5, 8, [7, 8])
    level = time_grid(8)[4]
    expected = level.alpha * PICTURE + level.sigma * NoiseStream([7, 8], SHAPE).start()
    np.testing.assert_allclose(start.x_t, expected, atol=1e-6)
    trace = Trace(make_run((7, 8), batch=2, start=start)).complete()
    assert [step.index for step in trace] == [4, 5, 6, 7]
    assert trace[0].noise_level == level.sigma
    assert trace.first == 4


@pytest.mark.parametrize("sampler", ["ddim", "ddpm", "dpmpp2m"])
def test_less_strength_keeps_more_of_the_picture(sampler):
    far = []
    for strength in (0.125, 0.5, 1):
        start = start_from_picture(PICTURE, strength, 8, [7])
        picture = made(7, DOG, sampler=sampler, start=start, guidance=1)
        far.append(mean_abs_difference(picture, PICTURE[None])[0])
    assert far == sorted(far)
    assert far[0] < 0.6 * far[-1]


def test_a_run_from_a_picture_forks_like_any_other():
    start = start_from_picture(PICTURE, 0.5, 8, [7])
    trace = Trace(make_run(start=start, sampler="dpmpp2m")).complete()
    for step in (4, 6):
        np.testing.assert_array_equal(trace.fork(step).complete().final, trace.final)
    with pytest.raises(SettingError, match="choose 4 to 7"):
        trace.fork(2)


@pytest.mark.parametrize("strength", [0, -0.5, 1.5, float("nan")])
def test_other_strengths_are_refused(strength):
    with pytest.raises(SettingError, match="strength must be above 0"):
        step_of_strength(strength, 20)


@pytest.mark.parametrize("shape", [(4, 4), (3, 4, 4, 3)])
def test_what_is_no_picture_is_refused(shape):
    with pytest.raises(SettingError, match="start picture"):
        start_from_picture(np.zeros(shape, np.float32), 0.5, 8, [7, 8])
