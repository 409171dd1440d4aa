"""A winner is named only where it is ahead by more than chance."""

import numpy as np
import pytest

from tdiff.lessons.core.lead import jackknifed_lead, lead, leaders, share_lead
from tdiff.share import share


def test_a_lead_on_every_seed_is_clear_and_one_on_average_is_not() -> None:
    assert lead([2.0, 3.1, 4.2], [1.0, 2.0, 3.0]).clear
    assert not lead([9.0, 1.0, 2.0], [1.0, 2.0, 3.0]).clear


def test_the_interval_is_students() -> None:
    found = lead([1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 0.0, 0.0])
    half = 3.182 * np.std([1, 2, 3, 4], ddof=1) / 2
    assert (found.value, found.low, found.high) == pytest.approx((2.5, 2.5 - half, 2.5 + half))


def test_about_one_chance_lead_in_forty_seems_clear() -> None:
    rng = np.random.default_rng(0)
    clear = sum(lead(rng.standard_normal(6), rng.standard_normal(6)).clear for _ in range(4000))
    assert 0.015 < clear / 4000 < 0.035


def test_from_one_seed_nothing_follows() -> None:
    assert not lead([5.0], [1.0]).clear
    assert not lead([1.0], [1.0]).clear


def test_the_jackknife_gives_the_interval_of_a_mean() -> None:
    first, second = np.array([1.0, 2.5, 3.0, 4.5, 6.0]), np.array([0.5, 1.0, 2.5, 3.0, 4.0])
    without = [np.array([np.delete(each, n).mean() for n in range(5)]) for each in (first, second)]
    assert jackknifed_lead(*without).low == pytest.approx(lead(first, second).low)


@pytest.mark.parametrize(("hits", "clear"), [((10, 2), True), ((8, 6), False), ((12, 12), False), ((11, 8), False)])
def test_shares_of_twelve_are_far_apart_before_one_leads(hits: tuple[int, int], clear: bool) -> None:
    assert share_lead(*(share(each, 12) for each in hits)).clear is clear


def test_all_that_the_best_is_not_clearly_ahead_of_share_the_first_place() -> None:
    measured = {1: [0.1, 0.2, 0.1], 2: [0.50, 0.62, 0.55], 4: [0.52, 0.60, 0.56], 8: [0.30, 0.41, 0.33]}
    assert leaders(measured) == (2, 4)
    assert leaders({**measured, 4: [0.7, 0.8, 0.75]}) == (4,)
