"""Figures over sets of pictures, on sets where the answer is known."""

import numpy as np
import pytest

from tdiff.evaluate.metrics import precision_recall, rate, vendi


def cloud(count: int, seed: int, shift: float = 0.0) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal((count, 8)) + shift).astype(np.float32)


def test_a_rate_is_over_pictures_and_its_interval_over_prompts() -> None:
    found = rate([[True, True], [False, False], [True, False]])
    assert found.value == 0.5
    assert (found.count, found.prompts) == (6, 3)
    assert found.low <= 0.5 <= found.high
    dependent = rate([[True] * 10, [False] * 10] * 5)
    independent = rate([[True, False] * 5] * 10)
    assert dependent.high - dependent.low > independent.high - independent.low


def test_nothing_to_count_is_said() -> None:
    assert np.isnan(rate([]).value)
    assert rate([[], []]).count == 0


def test_vendi_counts_different_things() -> None:
    assert vendi(np.eye(5, dtype=np.float32)) == pytest.approx(5, rel=1e-3)
    assert vendi(np.ones((5, 4), np.float32)) == pytest.approx(1, rel=1e-3)
    assert vendi(np.repeat(np.eye(3, dtype=np.float32), 4, 0)) == pytest.approx(3, rel=1e-3)


def test_precision_and_recall_fall_for_different_reasons() -> None:
    real = cloud(300, 0)
    precision, recall = precision_recall(cloud(300, 1), real)
    assert precision > 0.8
    assert recall > 0.8
    precision, recall = precision_recall(cloud(300, 1, shift=20), real)
    assert precision == recall == 0
    narrow = cloud(300, 2) * 0.05
    precision, recall = precision_recall(narrow, real)
    assert precision > 0.9
    assert recall < 0.3
