"""A network that counts how often it is asked."""

from collections.abc import Sequence

from tdiff.arrays import F32
from tdiff.diffusion import Bound, Condition, Denoiser


class CountedDenoiser:
    """Passes every question on to a network.

    Attributes:
        calls: batches it was asked about.
        predictions: pictures in them; one that is asked about with and without its prompt counts twice.
    """

    def __init__(self, denoiser: Denoiser) -> None:
        """Count nothing yet.

        Args:
            denoiser: the network that answers.
        """
        self._denoiser = denoiser
        self.calls = 0
        self.predictions = 0

    def bind(self, conditions: Sequence[Condition], times: Sequence[float] = ()) -> "CountedBound":
        """Fix the conditions; see `Denoiser.bind`."""
        return CountedBound(self, self._denoiser.bind(conditions, times))


class CountedBound:
    """The network bound to conditions, its questions counted."""

    def __init__(self, counter: CountedDenoiser, bound: Bound) -> None:
        self._counter, self._bound = counter, bound

    def __call__(self, x_t: F32, t: float) -> F32:
        """Predict v; see `Bound`."""
        self._counter.calls += 1
        self._counter.predictions += len(x_t)
        return self._bound(x_t, t)
