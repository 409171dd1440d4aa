"""One prediction in three forms."""

import numpy as np
import pytest

from tdiff.diffusion import alpha_sigma, noise
from tdiff.diffusion.parametrization import (
    add_noise,
    eps_from_v,
    eps_from_x0,
    v_from_eps,
    v_from_eps_x0,
    x0_from_v,
)

SHAPE = (8, 8, 3)


@pytest.mark.parametrize("t", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_every_form_gives_the_others_back(t):
    alpha, sigma = alpha_sigma(t)
    x0, eps = np.tanh(noise(1, SHAPE)), noise(2, SHAPE)
    x_t = add_noise(x0, eps, alpha, sigma)
    v = v_from_eps_x0(eps, x0, alpha, sigma)
    np.testing.assert_allclose(eps_from_v(x_t, v, alpha, sigma), eps, atol=1e-6)
    np.testing.assert_allclose(x0_from_v(x_t, v, alpha, sigma), x0, atol=1e-6)
    np.testing.assert_allclose(v_from_eps(x_t, eps, alpha, sigma), v, atol=1e-6 / alpha)
    np.testing.assert_allclose(eps_from_x0(x_t, x0, alpha, sigma), eps, atol=1e-6 / sigma)


def test_pictures_stay_in_single_precision():
    x = noise(1, SHAPE)
    for convert in (eps_from_v, x0_from_v, v_from_eps, eps_from_x0, add_noise):
        assert convert(x, x, 0.6, 0.8).dtype == np.float32
