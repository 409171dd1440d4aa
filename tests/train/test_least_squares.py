"""A linear map is fitted to batches as they come."""

import pytest

torch = pytest.importorskip("torch")

from tdiff.train.least_squares import LeastSquares  # noqa: E402


def test_the_map_that_made_the_batches_is_found() -> None:
    rng = torch.Generator().manual_seed(0)
    made_with = torch.randn(5, 3, generator=rng)
    squares = LeastSquares(5, 3)
    for _ in range(4):
        x = torch.randn(5000, 5, generator=rng)
        squares.add(x, x @ made_with)
    assert torch.allclose(squares.solved(), made_with, atol=1e-3)
