"""The small network and its gradient, by hand: a residual multilayer perceptron that is told the noise level.

    h1 = silu([x_t, e]·W1 + b1)
    h2 = silu([h1, e]·W2 + b2) + h1
    h3 = silu([h2, e]·W3 + b3) + h2
    y  = h3·W4 + b4

where e are sines and cosines of t (Vaswani et al. 2017, section 3.5) and silu(z) = z/(1 + exp(−z)). All
arrays are written into buffers made once, in few large operations: those let go of the interpreter lock, so
that a thread that trains does not hold up the one that answers keys.
"""

from math import prod, sqrt
from typing import Any, Final

import numpy as np

from tdiff.arrays import F64, Floats

FEATURES: Final = 32
"""Length of e."""
_FREQUENCIES = np.exp(np.linspace(0, 4, FEATURES // 2))  # 1 … 55 radians over the whole range of t
_HIDDEN = (1, 2, 3)


class Weights:
    """All parameters, or as many gradients, in one vector, with a name and a shape for each part.

    Optimisers work on `vector`; `tensors` are views of it: W1 … W4 of (inputs, outputs), b1 … b4 of
    (outputs,).
    """

    def __init__(self, pixels: int, width: int, dtype: type[np.floating[Any]] = np.float32) -> None:
        """Make room, all zero, for pictures of `pixels` numbers and hidden layers of `width` units."""
        shapes = _shapes(pixels, width)
        self.vector: Floats = np.zeros(sum(map(prod, shapes.values())), dtype)
        self.tensors: dict[str, Floats] = {}
        start = 0
        for name, shape in shapes.items():
            self.tensors[name] = self.vector[start : start + prod(shape)].reshape(shape)
            start += prod(shape)

    def draw(self, rng: np.random.Generator) -> None:
        """Start anew: He et al. 2015, eq. 10, and a tenth of that in the last layer, so that y is near 0."""
        for name, tensor in self.tensors.items():
            if name.startswith("b"):
                tensor[:] = 0
            else:
                scale = sqrt(2 / len(tensor)) * (0.1 if name == "W4" else 1)
                tensor[:] = rng.standard_normal(tensor.shape, dtype=np.float32) * np.float32(scale)


class ResidualMlp:
    """Forward and backward over a batch of fixed size; weights are passed in, buffers are kept.

    One thread at a time, since every call writes the same buffers.
    """

    def __init__(self, pixels: int, width: int, batch: int, dtype: type[np.floating[Any]] = np.float32) -> None:
        """Make the buffers.

        Args:
            pixels: numbers in a picture, 16·16·3.
            width: units in each hidden layer.
            batch: rows of every input.
            dtype: of all arrays.
        """
        self._pixels, self._width = pixels, width

        def rows(columns: int) -> Floats:
            return np.empty((batch, columns), dtype)

        self._inputs: dict[int, Floats] = {i: rows((pixels if i == 1 else width) + FEATURES) for i in _HIDDEN}
        self._z: dict[int, Floats] = {i: rows(width) for i in _HIDDEN}
        self._gate: dict[int, Floats] = {i: rows(width) for i in _HIDDEN}  # 1/(1 + exp(−z))
        self._h3 = rows(width)
        self._output = rows(pixels)
        self._slope, self._d_h, self._d_input = rows(width), rows(width), rows(width + FEATURES)

    def forward(self, weights: Weights, x_t: Floats, t: F64) -> Floats:
        """Predict.

        Args:
            weights: of this network.
            x_t: (B, pixels), mixtures.
            t: (B,), times in [0, 1].

        Returns:
            y, (B, pixels): a buffer that the next call overwrites.
        """
        tensors, features = weights.tensors, _time_features(t)
        for i in _HIDDEN:
            self._inputs[i][:, -FEATURES:] = features
        self._inputs[1][:, : self._pixels] = x_t
        for i in _HIDDEN:
            z, gate, h = self._z[i], self._gate[i], self._hidden(i)
            np.matmul(self._inputs[i], tensors[f"W{i}"], out=z)
            z += tensors[f"b{i}"]
            _sigmoid(z, out=gate)
            np.multiply(z, gate, out=h)
            if i > 1:
                h += self._hidden(i - 1)
        np.matmul(self._h3, tensors["W4"], out=self._output)
        self._output += tensors["b4"]
        return self._output

    def backward(self, weights: Weights, d_output: Floats, gradients: Weights) -> None:
        """Write the gradient of the loss at the last forward pass into `gradients`.

        Args:
            weights: that the pass was made with.
            d_output: (B, pixels), the loss's derivative by y.
            gradients: overwritten.
        """
        tensors, into = weights.tensors, gradients.tensors
        np.matmul(self._h3.T, d_output, out=into["W4"])
        np.sum(d_output, axis=0, out=into["b4"])
        np.matmul(d_output, tensors["W4"].T, out=self._d_h)
        for i in reversed(_HIDDEN):
            d_z = self._through_silu(i)
            np.matmul(self._inputs[i].T, d_z, out=into[f"W{i}"])
            np.sum(d_z, axis=0, out=into[f"b{i}"])
            if i > 1:
                np.matmul(d_z, tensors[f"W{i}"].T, out=self._d_input)
                self._d_h += self._d_input[:, : self._width]  # the residual's own share is there already

    def _hidden(self, i: int) -> Floats:
        """h_i, which stands where layer i + 1 reads it."""
        return self._h3 if i == _HIDDEN[-1] else self._inputs[i + 1][:, : self._width]

    def _through_silu(self, i: int) -> Floats:
        """The loss's derivative by z_i, from that by h_i: silu' = gate·(1 + z·(1 − gate))."""
        slope, gate = self._slope, self._gate[i]
        np.subtract(1, gate, out=slope)
        slope *= self._z[i]
        slope += 1
        slope *= gate
        slope *= self._d_h
        return slope


def _shapes(pixels: int, width: int) -> dict[str, tuple[int, ...]]:
    inputs = {1: pixels + FEATURES, 2: width + FEATURES, 3: width + FEATURES, 4: width}
    outputs = {1: width, 2: width, 3: width, 4: pixels}
    weights: dict[str, tuple[int, ...]] = {f"W{i}": (inputs[i], outputs[i]) for i in inputs}
    return weights | {f"b{i}": (outputs[i],) for i in outputs}


def _time_features(t: F64) -> F64:
    """(B,) times to (B, 32)."""
    angles = t[:, None] * _FREQUENCIES
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)


def _sigmoid(z: Floats, out: Floats) -> None:
    """1/(1 + exp(−z)) by way of tanh, which cannot overflow."""
    np.multiply(z, 0.5, out=out)
    np.tanh(out, out=out)
    out += 1
    out *= 0.5
