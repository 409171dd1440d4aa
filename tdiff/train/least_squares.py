"""Fitting a linear map to batches as they come."""

from typing import Final

import torch
from torch import Tensor

_RIDGE: Final = 1.0


class LeastSquares:
    """The map X·W that is nearest to Y over all batches, with a little ridge.

    Args:
        inputs: columns of X.
        outputs: columns of Y.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        self._inner, self._outer = torch.zeros(inputs, inputs), torch.zeros(inputs, outputs)

    def add(self, x: Tensor, y: Tensor) -> None:
        """Take in a batch, x (n, inputs) and y (n, outputs)."""
        self._inner += x.T @ x
        self._outer += x.T @ y

    def solved(self) -> Tensor:
        """Return W, (inputs, outputs)."""
        return torch.linalg.solve(self._inner + _RIDGE * torch.eye(len(self._inner)), self._outer)
