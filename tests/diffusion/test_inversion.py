"""From a picture to its noise and back."""

import numpy as np
import pytest

from tdiff.diffusion import (
    Conditions,
    SettingError,
    Start,
    Trace,
    correlation,
    invert,
    invert_steps,
    mean_abs_difference,
    noise,
    time_grid,
)
from tests.diffusion.gaussian import CAT, EMPTY, SHAPE, GaussianDenoiser, made, make_run

PAIR = Conditions.repeat(CAT, EMPTY, 2)


def pictures(guidance):
    return made((7, 8), batch=2, steps=50, guidance=guidance)


def returned(x_T, steps, guidance):
    return made((7, 8), batch=2, steps=steps, guidance=guidance, start=Start(x_T))


@pytest.mark.parametrize("guidance", [0.0, 1.0])
def test_sampling_from_the_inverse_returns_the_picture(guidance):
    start = pictures(guidance)
    x_T = invert(GaussianDenoiser(), PAIR, start, 50, guidance)
    back = returned(x_T, 50, guidance)
    assert (correlation(back, start) > 0.999).all()
    assert (mean_abs_difference(back, start) < 0.03).all()


@pytest.mark.parametrize("guidance", [0.0, 1.0, 3.0])
def test_corrections_make_the_return_exact(guidance):
    start = pictures(guidance)
    x_T = invert(GaussianDenoiser(), PAIR, start, 20, guidance, corrections=8)
    np.testing.assert_allclose(returned(x_T, 20, guidance), start, atol=1e-4)


def test_the_inverse_of_a_sample_is_the_noise_it_came_from():
    """So that a mark hidden in the starting noise is found again, which needs no knowledge of the seed."""
    x_T = invert(GaussianDenoiser(), PAIR, pictures(1.0), 50, 1.0, corrections=8)
    origin = np.stack([noise(7, SHAPE), noise(8, SHAPE)])
    assert (correlation(x_T, origin) > 0.999).all()
    np.testing.assert_allclose(x_T, origin, atol=0.01)


def test_the_inverse_has_the_exact_answer_as_its_limit():
    exact = CAT.flow(pictures(1.0), time_grid(50)[-1], time_grid(50)[0])
    errors = [np.abs(invert(GaussianDenoiser(), PAIR, pictures(1.0), steps) - exact).mean() for steps in (50, 400)]
    assert errors[1] < errors[0] / 3


def test_the_way_is_handed_out_step_by_step():
    denoiser = GaussianDenoiser()
    steps = list(invert_steps(denoiser, PAIR, pictures(1.0), 10, corrections=2))
    assert [step.index for step in steps] == list(range(9, -1, -1))
    assert [step.noise_level for step in steps] == [level.sigma for level in time_grid(10)[9::-1]]
    assert sum(step.model_calls for step in steps) == denoiser.calls == 30


def test_a_middle_step_of_the_way_starts_a_run():
    steps = list(invert_steps(GaussianDenoiser(), PAIR, pictures(1.0), 20, corrections=8))
    middle = next(step for step in steps if step.index == 12)
    run = make_run((7, 8), batch=2, steps=20, guidance=1, start=Start(middle.x_t, middle.index))
    np.testing.assert_allclose(Trace(run).complete().final, pictures(1.0), atol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"pictures": np.zeros(SHAPE)}, "2 pictures as"),
        ({"pictures": np.zeros((3, *SHAPE))}, "2 pictures as"),
        ({"steps": 0}, "steps must be"),
        ({"corrections": -1}, "corrections must be"),
        ({"corrections": 1.5}, "corrections must be"),
        ({"guidance": float("nan")}, "guidance must be"),
    ],
)
def test_what_cannot_be_inverted_is_refused(arguments, said):
    with pytest.raises(SettingError, match=said):
        invert_steps(GaussianDenoiser(), PAIR, **{"pictures": np.zeros((2, *SHAPE)), **arguments})


def test_correlation_tells_equal_opposite_and_unrelated_apart():
    a = np.stack([noise(seed, (16, 16, 3)) for seed in (1, 2, 3)])
    b = np.stack([a[0], -2 * a[1], noise(9, (16, 16, 3))])
    related = correlation(a, b)
    np.testing.assert_allclose(related[:2], [1, -1], atol=1e-6)
    assert abs(related[2]) < 0.15
    assert correlation(np.ones((1, 4)), a[:1].reshape(1, -1)[:, :4])[0] == 0
