"""Marking noise: it stays noise, and the mark is the key's."""

import numpy as np
import pytest

from tdiff.diffusion import SettingError, correlation
from tdiff.diffusion import noise as seed_noise
from tdiff.diffusion.watermark_noise import (
    COLOURS,
    DEFAULT_KEY,
    METHODS,
    PATTERNS,
    check_key,
    mark,
    marked_start,
    ring_part,
    ring_pattern,
    sign_pattern,
)

SHAPE = (32, 32, 3)


def noises(count, first=0):
    return np.stack([seed_noise(first + i, SHAPE) for i in range(count)])


@pytest.mark.parametrize("method", METHODS)
def test_marked_noise_is_still_standard_normal(method):
    """Over keys, which is what the claim is about: every number, and every frequency, as large as before."""
    plain = noises(300)
    marked = np.stack([mark(each, f"{i:04x}", method, (i,)) for i, each in enumerate(plain)])
    assert marked.dtype == np.float32 and marked.shape == plain.shape
    assert abs(marked.mean()) < 0.01
    assert abs(marked.std() - 1) < 0.01
    assert abs((marked**4).mean() - 3) < 0.05
    assert np.abs(marked.std(axis=0) - 1).max() < 0.25
    spectrum = (np.abs(np.fft.fft2(marked.mean(-1), norm="ortho")) ** 2).mean(0) * 3
    assert spectrum.min() > 0.7 and spectrum.max() < 1.35


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("key", [DEFAULT_KEY, "0123456789abcdef"])
def test_one_picture_keeps_mean_and_std(method, key):
    marked = mark(noises(1)[0], key, method)
    assert abs(marked.mean()) < 0.06
    assert abs(marked.std() - 1) < 0.05
    assert np.abs(marked).max() < 6


def test_the_ring_leaves_all_other_frequencies_alone():
    plain = noises(2)
    marked = mark(plain, DEFAULT_KEY, "ring")
    np.testing.assert_allclose(marked - ring_part(marked), plain - ring_part(plain), atol=1e-5)
    np.testing.assert_allclose(ring_part(marked), np.stack([ring_pattern(DEFAULT_KEY, 32, 32)] * 2), atol=1e-5)
    np.testing.assert_allclose(ring_part(ring_part(plain)), ring_part(plain), atol=1e-6)
    assert (correlation(marked, plain) > 0.8).all()


def test_bits_leave_every_size_alone_and_set_every_sign():
    plain = noises(1)[0]
    along, marked = plain @ COLOURS.T, mark(plain, DEFAULT_KEY, "bits", (3,)) @ COLOURS.T
    np.testing.assert_allclose(np.abs(marked), np.abs(along), atol=1e-5)
    np.testing.assert_array_equal(np.sign(marked), sign_pattern(DEFAULT_KEY, 3, 32, 32))


@pytest.mark.parametrize("method", METHODS)
def test_keys_differ_and_are_the_same_each_time(method):
    plain = noises(1)[0]
    one, again, other = (mark(plain, key, method) for key in ("abcd", "abcd", "abce"))
    np.testing.assert_array_equal(one, again)
    hidden = [ring_part(each) if method == "ring" else np.sign(each) for each in (one, other)]
    assert abs(correlation(hidden[0][None], hidden[1][None])[0]) < 0.25


def test_neighbouring_seeds_have_signs_of_their_own():
    patterns = np.stack([sign_pattern("abcd", number, 32, 32).reshape(-1) for number in range(PATTERNS)])
    related = patterns @ patterns.T / patterns.shape[1]
    assert np.abs(related - np.eye(PATTERNS)).max() < 0.1
    a, b = mark(noises(2), "abcd", "bits", (0, PATTERNS))
    np.testing.assert_array_equal(np.sign(a.mean(-1)), np.sign(b.mean(-1)))


@pytest.mark.parametrize("method", METHODS)
def test_a_batch_is_its_single_pictures(method):
    batch = marked_start((7, 8, 9), ("abcd", None, "beef"), method).x_t
    np.testing.assert_allclose(batch[0], mark(seed_noise(7, SHAPE), "abcd", method, (7,)), atol=1e-6)
    np.testing.assert_array_equal(batch[1], seed_noise(8, SHAPE))
    np.testing.assert_allclose(batch[2], mark(seed_noise(9, SHAPE), "beef", method, (9,)), atol=1e-6)
    np.testing.assert_allclose(mark(noises(3, 7), "abcd", method, (7, 8, 9))[0], batch[0], atol=1e-6)


def test_nothing_to_mark_starts_from_the_seeds():
    assert marked_start((7, 8), (None, None)) is None


@pytest.mark.parametrize("key", ["", "abc", "ABCD", "xyz1", "a" * 65, "12 4", None, 1234])
def test_what_is_no_key_is_refused(key):
    with pytest.raises(SettingError, match="hex digits"):
        check_key(key)
    with pytest.raises(SettingError, match="hex digits"):
        mark(noises(1)[0], key)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"method": "ink"}, "ring, bits"),
        ({"noise": np.zeros((32, 32))}, "shape"),
        ({"method": "bits", "seeds": (1, 2)}, "2 seeds"),
    ],
)
def test_what_cannot_be_marked_is_refused(arguments, said):
    with pytest.raises(SettingError, match=said):
        mark(**{"noise": noises(1)[0], "key": "abcd", **arguments})
