"""Seeds, draws, and the path between two noises."""

import numpy as np
import pytest

from tdiff.diffusion import NoiseStream, SettingError, noise, slerp

SHAPE = (32, 32, 3)


def test_a_seed_is_the_documented_numpy_stream():
    expected = np.random.Generator(np.random.PCG64(7)).standard_normal(SHAPE, dtype=np.float32)
    np.testing.assert_array_equal(noise(7, SHAPE), expected)


def test_draws_of_a_stream_follow_the_documented_order():
    rng = np.random.Generator(np.random.PCG64(7))
    start, first, second = (rng.standard_normal(SHAPE, dtype=np.float32) for _ in range(3))
    stream = NoiseStream([7], SHAPE)
    np.testing.assert_array_equal(stream.start()[0], start)
    np.testing.assert_array_equal(stream.of_step(0)[0], first)
    np.testing.assert_array_equal(stream.of_step(1)[0], second)


def test_the_noise_of_a_step_does_not_depend_on_what_was_drawn_before():
    in_order = NoiseStream([7, 8], SHAPE)
    in_order.start()
    drawn = [in_order.of_step(i) for i in range(4)]
    np.testing.assert_array_equal(NoiseStream([7, 8], SHAPE).of_step(3), drawn[3])
    np.testing.assert_array_equal(in_order.of_step(1), drawn[1])
    np.testing.assert_array_equal(in_order.of_step(1), drawn[1])


def test_each_picture_of_a_batch_has_its_own_stream():
    batch = NoiseStream([7, 8], SHAPE)
    batch.start()
    np.testing.assert_array_equal(batch.of_step(0)[1], NoiseStream([8], SHAPE).of_step(0)[0])


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, "7", None, True, float("nan")])
def test_what_is_no_seed_is_refused(seed):
    with pytest.raises(SettingError, match="a seed must be a whole number"):
        noise(seed, SHAPE)


def test_the_path_between_noises_starts_and_ends_at_them():
    first, second = noise(1, SHAPE), noise(2, SHAPE)
    np.testing.assert_allclose(slerp(first, second, 0), first, atol=1e-6)
    np.testing.assert_allclose(slerp(first, second, 1), second, atol=1e-6)


def test_half_way_it_is_still_noise_where_a_blend_is_not():
    first, second = noise(1, SHAPE), noise(2, SHAPE)
    assert slerp(first, second, 0.5).std() == pytest.approx(1, abs=0.03)
    assert (0.5 * first + 0.5 * second).std() == pytest.approx(0.71, abs=0.03)
    assert slerp(first, second, 0.5).dtype == np.float32


def test_a_noise_and_itself_have_nothing_between_them():
    first = noise(1, SHAPE)
    np.testing.assert_allclose(slerp(first, first.copy(), 0.3), first, atol=1e-6)


@pytest.mark.parametrize("second", [-noise(1, SHAPE), np.zeros(SHAPE, np.float32), noise(1, (2, 2, 3))])
def test_noises_without_a_path_are_refused(second):
    with pytest.raises(SettingError, match="noises"):
        slerp(noise(1, SHAPE), second, 0.5)
