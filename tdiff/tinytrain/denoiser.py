"""The small network as the samplers want it: a `Denoiser` that knows no prompt."""

from collections.abc import Sequence

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import Condition, alpha_sigma
from tdiff.diffusion.parametrization import v_from_eps
from tdiff.tinytrain.network import ResidualMlp, Weights
from tdiff.tinytrain.settings import Parametrization


class TinyDenoiser:
    """Answers with v̂ whatever the network itself predicts; conditions only say how many pictures there are."""

    def __init__(self, weights: Weights, pixels: int, width: int, parametrization: Parametrization) -> None:
        """Wrap weights, which are read at every call and not copied."""
        self._weights, self._pixels, self._width = weights, pixels, width
        self._parametrization = parametrization

    def bind(self, conditions: Sequence[Condition], times: Sequence[float] = ()) -> "_Bound":
        """Make buffers for as many pictures as there are conditions."""
        network = ResidualMlp(self._pixels, self._width, len(conditions))
        return _Bound(network, self._weights, self._parametrization)


class _Bound:
    def __init__(self, network: ResidualMlp, weights: Weights, parametrization: Parametrization) -> None:
        self._network, self._weights, self._parametrization = network, weights, parametrization

    def __call__(self, x_t: F32, t: float) -> F32:
        """v̂ for (B, H, W, 3) at one time."""
        rows = x_t.reshape(len(x_t), -1)
        output = self._network.forward(self._weights, rows, np.full(len(rows), t))
        return self._v(output.astype(np.float32, copy=False), rows, t).reshape(x_t.shape)

    def _v(self, output: F32, x_t: F32, t: float) -> F32:
        alpha, sigma = alpha_sigma(t)
        if self._parametrization == "x0":
            # (x_t − α·x̂_0)/σ for ε̂ and α² + σ² = 1 leave this of v = α·ε − σ·x_0.
            return (alpha * x_t - output) / sigma
        if self._parametrization == "eps":
            return v_from_eps(x_t, output, alpha, sigma)
        return output
