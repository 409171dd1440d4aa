"""What the network is asked for, how errors count, and what its answer says of the clean picture.

The three parametrizations are one prediction in three forms (Salimans & Ho 2022, section 4), yet not equally
easy for a narrow network: noise fills all 768 dimensions of a picture and does not fit through 256 units,
while clean pictures lie near a surface of few dimensions and do. Each is weighted by its form of min-SNR-5
(Hang et al. 2023, section 3.4).
"""

from typing import Final

import numpy as np

from tdiff.arrays import Floats
from tdiff.tinytrain.settings import Parametrization

GAMMA: Final = 5.0
FLOOR: Final = 0.3
"""Added to x_0's weight, which would vanish near pure noise, where the layout is decided."""


def target(parametrization: Parametrization, x0: Floats, eps: Floats, alpha: Floats, sigma: Floats) -> Floats:
    """What the network should have said; arrays are (B, pixels), `alpha` and `sigma` (B, 1)."""
    if parametrization == "x0":
        return x0
    if parametrization == "eps":
        return eps
    v: Floats = alpha * eps - sigma * x0
    return v


def weight(parametrization: Parametrization, alpha: Floats, sigma: Floats) -> Floats:
    """How much an error of the output counts at a noise level, (B, 1).

    x0: min(SNR, 5) + 0.3. v: that over SNR + 1, which is the same loss, since an error of v is σ times as
    small. eps: min(SNR, 5)/SNR, without the floor, which over SNR would be a thousandfold near pure noise.
    """
    snr: Floats = np.square(alpha / sigma)
    clipped: Floats = np.minimum(snr, GAMMA)
    if parametrization == "x0":
        return clipped + FLOOR
    if parametrization == "eps":
        return clipped / snr
    return (clipped + FLOOR) / (snr + 1)


def clean_guess(parametrization: Parametrization, output: Floats, x_t: Floats, alpha: Floats, sigma: Floats) -> Floats:
    """x̂_0 from the output, (B, pixels), not clipped."""
    if parametrization == "x0":
        return output
    guess: Floats = (x_t - sigma * output) / alpha if parametrization == "eps" else alpha * x_t - sigma * output
    return guess


def errors_and_gradient(output: Floats, wanted: Floats, weights: Floats, d_output: Floats) -> Floats:
    """Squared errors, and the derivative of the loss, which is their weighted mean.

    Args:
        output: (B, pixels).
        wanted: (B, pixels), the target.
        weights: (B, 1).
        d_output: (B, pixels), overwritten with the loss's derivative by the output.

    Returns:
        (B,), each picture's mean squared error.
    """
    np.subtract(output, wanted, out=d_output)
    errors: Floats = np.einsum("bi,bi->b", d_output, d_output) / d_output.shape[1]
    d_output *= weights * (2 / d_output.size)
    return errors
