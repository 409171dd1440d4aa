"""The text half of the CLIP-style pair (Radford et al. 2021): token ids → states, and one vector a prompt."""

from collections.abc import Sequence

import numpy as np

from tdiff.arrays import F32
from tdiff.model.norm import layer_norm
from tdiff.model.shapes import check_text
from tdiff.model.transformer import Weights, block, context, depth, linear


class TextTower:
    """Encodes prompts one at a time and without padding, which gives what masked padding would.

    Args:
        weights: tensors of the text tower.

    Raises:
        WeightsError: they are not a text tower's.
    """

    def __init__(self, weights: Weights) -> None:
        check_text(weights)
        self._weights = weights
        self._depth = depth(weights, "blocks")

    @property
    def vocabulary(self) -> int:
        """Number of tokens."""
        return len(self._weights["tokens.weight"])

    def states(self, ids: Sequence[int]) -> F32:
        """Return one state a token, (L, 128) float32, for 1 … 16 token ids."""
        w = self._weights
        x: F32 = w["tokens.weight"][list(ids)] + w["places"][: len(ids)]
        for i in range(self._depth):
            x = block(x, w, f"blocks.{i}")
        return layer_norm(x, w["norm.weight"], w["norm.bias"])

    def vector(self, ids: Sequence[int]) -> F32:
        """Return the prompt's unit vector, (128,) float32."""
        read = context(ids, self.states(ids), self._weights, "above")
        projected = linear(read.mean(0), self._weights, "project")
        result: F32 = projected / np.linalg.norm(projected)
        return result
