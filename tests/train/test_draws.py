"""What a training step sees."""

import numpy as np
import pytest

from tdiff.prompt.vocabulary import MAX_TOKENS

pytest.importorskip("torch")

from tdiff.train.draws import CaptionShares, Draws


class Arrays:
    """Six scenes whose captions say where they come from: single ones, the odd ones painted."""

    images = np.zeros((6, 32, 32, 3), np.uint8)
    kinds = np.array([0, 0, 0, 0, 1, 2], np.uint8)
    things = np.array([[[0, i % 2], [1, 0]] for i in range(6)], np.uint16)
    ids, full, open, stray = (np.full((6, MAX_TOKENS), token, np.uint16) for token in (11, 12, 13, 14))
    facts = np.full((6, 6, 3), 15, np.uint16)


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((0, 0, 0, 0, 0), {11}),
        ((1, 0, 0, 0, 0), {0}),
        ((0, 1, 0, 0, 0), {15}),
        ((0, 0, 1, 0, 0), {12}),
        ((0, 0, 0, 1, 0), {11, 13}),  # only what is painted has a colour to leave open
        ((0, 0, 0, 0, 1), {14}),
    ],
)
def test_each_share_draws_its_captions(shares: tuple[float, ...], expected: set[int]) -> None:
    drawn = Draws(Arrays(), CaptionShares(*shares)).draw(64, np.random.default_rng(5))
    assert set(drawn.ids[:, 0].tolist()) == expected
    if 13 in expected:
        assert ((drawn.ids[:, 0] == 13) == (drawn.things[:, 0, 1] > 0)).all()


def test_shares_are_met_side_by_side() -> None:
    ids = Draws(Arrays(), CaptionShares(0.1, 0.1, 0.2, 0.0, 0.3)).draw(20_000, np.random.default_rng(6)).ids[:, 0]
    shares = [float((ids == token).mean()) for token in (0, 15, 12, 14, 11)]
    assert shares == pytest.approx([0.1, 0.1, 0.2, 0.3, 0.3], abs=0.015)
