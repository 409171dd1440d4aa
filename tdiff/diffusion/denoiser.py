"""What a network must offer so that pictures can be made with it, and all that is known of it here."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

from tdiff.arrays import F32

Condition: TypeAlias = Any
"""What one picture is to show, in whatever form the network wants it (an encoded prompt). Never looked into
here."""


class Bound(Protocol):
    """The network bound to a fixed list of conditions."""

    def __call__(self, x_t: F32, t: float) -> F32:
        """Predict v for a batch at one time.

        Args:
            x_t: Noisy pictures, (B, H, W, 3) float32, where B is the number of bound conditions.
            t: Time in [0, 1]; the network's own embedding sees 1000·t.

        Returns:
            v̂ = α·ε̂ − σ·x̂_0, (B, H, W, 3) float32. It may be a buffer that the next call overwrites.
        """
        ...


class Denoiser(Protocol):
    """A text-conditional network that predicts v."""

    def bind(self, conditions: Sequence[Condition], times: Sequence[float] = ()) -> Bound:
        """Fix the conditions, so that whatever depends on them alone is computed once.

        Args:
            conditions: One for each picture of the batch, in order.
            times: Every t that will be asked for, as exactly the floats that will be passed, so that the
                time embeddings can be computed beforehand in one product; empty when they are not known.
        """
        ...
