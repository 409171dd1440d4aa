"""The gradient is what the whole lesson stands on: every number of it is compared with a finite difference."""

from typing import get_args

import numpy as np
import pytest

from tdiff.diffusion import alpha_sigma
from tdiff.tinytrain import Parametrization
from tdiff.tinytrain.network import ResidualMlp, Weights
from tdiff.tinytrain.objective import clean_guess, errors_and_gradient, target, weight

PIXELS, WIDTH, BATCH = 6, 5, 4
KINDS = get_args(Parametrization)


class Problem:
    """A small network in float64 with a batch, and its loss as a function of the weights."""

    def __init__(self, kind):
        rng = np.random.default_rng(3)
        self.kind = kind
        self.network = ResidualMlp(PIXELS, WIDTH, BATCH, np.float64)
        self.weights = Weights(PIXELS, WIDTH, np.float64)
        self.weights.vector[:] = rng.standard_normal(len(self.weights.vector)) * 0.4
        self.t = np.array([0.1, 0.35, 0.6, 0.85])
        self.alpha, self.sigma = (each[:, None] for each in alpha_sigma(self.t))
        self.x0, self.eps = rng.uniform(-1, 1, (BATCH, PIXELS)), rng.standard_normal((BATCH, PIXELS))
        self.x_t = self.alpha * self.x0 + self.sigma * self.eps

    def loss(self):
        output = self.network.forward(self.weights, self.x_t, self.t)
        wanted = target(self.kind, self.x0, self.eps, self.alpha, self.sigma)
        return (weight(self.kind, self.alpha, self.sigma) * (output - wanted) ** 2).mean()

    def gradients(self):
        output = self.network.forward(self.weights, self.x_t, self.t)
        wanted = target(self.kind, self.x0, self.eps, self.alpha, self.sigma)
        d_output = np.empty_like(output)
        errors_and_gradient(output, wanted, weight(self.kind, self.alpha, self.sigma), d_output)
        found = Weights(PIXELS, WIDTH, np.float64)
        self.network.backward(self.weights, d_output, found)
        return found.tensors


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["W1", "W2", "W3", "W4", "b1", "b2", "b3", "b4"])
def test_every_gradient_is_the_slope_of_the_loss(kind, name):
    problem = Problem(kind)
    gradient = problem.gradients()[name]
    assert np.abs(gradient).max() > 1e-4  # a gradient of nothing but zeros would prove nothing
    weights, slopes = problem.weights.tensors[name].ravel(), np.empty(gradient.size)
    for i in range(weights.size):
        kept, losses = weights[i], []
        for nudge in (1e-5, -1e-5):
            weights[i] = kept + nudge
            losses.append(problem.loss())
        weights[i], slopes[i] = kept, (losses[0] - losses[1]) / 2e-5
    np.testing.assert_allclose(gradient.ravel(), slopes, rtol=1e-5, atol=1e-8)


def test_the_gradient_check_covers_all_there_is_to_learn():
    assert sorted(Weights(PIXELS, WIDTH).tensors) == ["W1", "W2", "W3", "W4", "b1", "b2", "b3", "b4"]


def test_the_prediction_depends_on_the_noise_level_as_well_as_on_the_mixture():
    problem = Problem("x0")
    at_one = problem.network.forward(problem.weights, problem.x_t, problem.t).copy()
    assert not np.allclose(at_one, problem.network.forward(problem.weights, problem.x_t, problem.t + 0.05), atol=1e-3)
    assert not np.allclose(at_one, problem.network.forward(problem.weights, problem.x_t + 0.3, problem.t), atol=1e-3)


def test_extreme_inputs_do_not_overflow():
    network, weights = ResidualMlp(PIXELS, WIDTH, BATCH), Weights(PIXELS, WIDTH)
    weights.draw(np.random.default_rng(0))
    x_t = np.full((BATCH, PIXELS), 1e6, np.float32)
    x_t[::2] *= -1
    with np.errstate(all="raise", under="ignore"):
        assert np.isfinite(network.forward(weights, x_t, np.full(BATCH, 0.5))).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_answer_gives_back_the_clean_picture(kind):
    problem = Problem(kind)
    answer = target(kind, problem.x0, problem.eps, problem.alpha, problem.sigma)
    guess = clean_guess(kind, answer, problem.x_t, problem.alpha, problem.sigma)
    np.testing.assert_allclose(guess, problem.x0, atol=1e-12)


def test_x0_and_v_are_one_loss_in_two_forms():
    """An error of v̂ is one of x̂_0 over −σ, and the weights make up for it."""
    problem = Problem("x0")
    wrong = problem.x0 + 0.1
    eps = (problem.x_t - problem.alpha * wrong) / problem.sigma
    v = problem.alpha * eps - problem.sigma * wrong
    right_v = problem.alpha * problem.eps - problem.sigma * problem.x0
    as_x0 = weight("x0", problem.alpha, problem.sigma) * (wrong - problem.x0) ** 2
    as_v = weight("v", problem.alpha, problem.sigma) * (v - right_v) ** 2
    np.testing.assert_allclose(as_x0, as_v, rtol=1e-10)


def test_errors_count_by_the_signal_to_noise_ratio_up_to_five():
    alpha, sigma = np.sqrt([[0.5], [0.99], [0.0004]]), np.sqrt([[0.5], [0.01], [0.9996]])  # SNR 1, 99, 0.0004
    np.testing.assert_allclose(weight("x0", alpha, sigma)[:, 0], [1.3, 5.3, 0.3004], rtol=1e-4)
    np.testing.assert_allclose(weight("eps", alpha, sigma)[:, 0], [1, 5 / 99, 1], rtol=1e-6)
