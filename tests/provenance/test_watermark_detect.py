"""Finding a mark in noise: certain where it is, and as rare as the p-value says where it is not."""

import numpy as np
import pytest

from tdiff.diffusion import SettingError
from tdiff.diffusion import noise as seed_noise
from tdiff.diffusion.watermark_noise import DEFAULT_KEY, METHODS, PATTERNS, mark
from tdiff.provenance.watermark_detect import chance, find, mirror, scores

SEEDS = tuple(range(40, 52))
PLAIN = np.stack([seed_noise(seed, (32, 32, 3)) for seed in SEEDS])


def found_in(noise, key=DEFAULT_KEY, method="ring"):
    return find(noise, mirror(noise), key, method)


@pytest.mark.parametrize("method", METHODS)
def test_the_mark_is_certain_in_the_very_noise(method):
    for seed, each in zip(SEEDS, found_in(mark(PLAIN, DEFAULT_KEY, method, SEEDS), method=method), strict=True):
        assert each.found and each.p_value < 1e-30 and not each.mirrored
        assert (each.pattern, each.bits_read) == ((seed % PATTERNS, 64) if method == "bits" else (None, None))


@pytest.mark.parametrize("method", METHODS)
def test_it_is_found_in_noise_that_is_mostly_wrong(method):
    """As inversion gives it back: scaled, and with far more error than truth in it."""
    error = np.random.default_rng(1).standard_normal(PLAIN.shape).astype(np.float32)
    for each in found_in(0.3 * (mark(PLAIN, DEFAULT_KEY, method, SEEDS) + 2.5 * error), method=method):
        assert each.found and each.score > 3.5
        assert each.bits_read is None or each.bits_read > 40


@pytest.mark.parametrize("method", METHODS)
def test_a_mirrored_mark_is_found_and_said_to_be(method):
    for each in found_in(mirror(mark(PLAIN, DEFAULT_KEY, method, SEEDS)), method=method):
        assert each.found and each.mirrored


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("marked", [False, True])
def test_a_key_that_is_not_there_is_not_found(method, marked):
    """Neither in unmarked noise nor in noise marked with another key."""
    noise = mark(PLAIN, "beef", method, SEEDS) if marked else PLAIN
    assert min(each.p_value for each in found_in(noise, method=method)) > 1e-4
    assert sum(each.found for each in found_in(noise, method=method)) <= 2


@pytest.mark.parametrize("method", METHODS)
def test_a_mark_is_not_found_by_the_other_method(method):
    (other,) = set(METHODS) - {method}
    assert min(each.p_value for each in found_in(mark(PLAIN, "beef", method, SEEDS), "beef", other)) > 1e-4


@pytest.mark.parametrize("method", METHODS)
def test_p_values_without_a_mark_are_uniform(method):
    """Even for pictures that are nothing like noise, since it is the key that is random."""
    rows, columns = np.mgrid[:32, :32] / 31
    stripes = np.stack([np.sin(40 * columns), rows > 0.5, rows * columns], -1).astype(np.float32)
    pictures = np.concatenate([PLAIN[:4], stripes[None]])
    keys = 120 if method == "bits" else 300
    p = np.array([[each.p_value for each in found_in(pictures, f"{key:04x}", method)] for key in range(keys)])
    assert p.min() >= 0 and p.max() <= 1
    assert abs(p.mean() - 0.5) < 0.05
    for level in (0.1, 0.25, 0.5, 0.75, 0.9):
        assert abs((p <= level).mean() - level) < 0.07
    assert (p[:, -1] <= 0.1).mean() < 0.2


def test_more_tries_make_a_score_less_surprising():
    assert chance(0.0, 1) == pytest.approx(0.5)
    assert chance(2.3263, 1) == pytest.approx(0.01, rel=1e-3)
    assert chance(2.3263, 2) == pytest.approx(0.0199, rel=1e-3)
    assert chance(-50.0, 2) == 1.0
    assert 0 < chance(12.0, 32) < 1e-30


@pytest.mark.parametrize("method", METHODS)
def test_an_empty_picture_has_no_mark(method):
    for each in found_in(np.zeros((1, 32, 32, 3), np.float32), method=method):
        assert not each.found and np.isfinite(each.score)


def test_unknown_methods_and_keys_are_refused():
    with pytest.raises(SettingError, match="ring, bits"):
        scores(PLAIN, DEFAULT_KEY, "ink")
    with pytest.raises(SettingError, match="hex digits"):
        scores(PLAIN, "not a key")
