"""Each sampler against the others and against the exact answer, on data where that is known."""

from dataclasses import FrozenInstanceError
from itertools import pairwise

import numpy as np
import pytest

from tdiff.diffusion import (
    Conditions,
    Level,
    NotFiniteError,
    SamplerOptions,
    SettingError,
    Start,
    Trace,
    noise,
    sample,
    time_grid,
)
from tdiff.samplers import SAMPLERS, Guess, SolverState
from tests.diffusion.gaussian import CAT, DOG, EMPTY, SHAPE, Gaussian, GaussianDenoiser, made, make_run

DETERMINISTIC = [name for name, sampler in SAMPLERS.items() if sampler.order is not None]


@pytest.mark.parametrize("sampler", DETERMINISTIC)
def test_solvers_have_their_order(sampler):
    """Of the flow down to t = 0.25: the very last step, to σ = 0, is of first order in all of them."""
    errors = []
    for steps in (16, 32, 64):
        trace = Trace(make_run(steps=steps, sampler=sampler, guidance=1)).complete()
        grid, at = time_grid(steps), steps * 3 // 4
        exact = CAT.flow(trace[0].x_t, grid[0], grid[at])
        errors.append(np.abs(trace[at].x_t - exact).max())
    measured = np.log2(np.divide(errors[:-1], errors[1:]))
    np.testing.assert_allclose(measured, SAMPLERS[sampler].order, atol=0.35)


@pytest.mark.parametrize("before", [0.3, 0.45])
def test_dpmpp2m_extrapolates_the_clean_guess_to_the_middle_of_its_step(before):
    """Also where the step before was longer or shorter than this one."""
    levels = [Level(1 - i, np.cos(a), np.sin(a)) for i, a in enumerate((1.4 - before, 0.8, 0.5))]
    before, now, after = (np.log(level.alpha / level.sigma) for level in levels)
    x, slope = noise(1, SHAPE)[None], noise(2, SHAPE)[None]
    state = SolverState(
        now=levels[1],
        next=levels[2],
        x_t=x,
        eps=x,
        x0=slope * now,
        eta=0,
        previous=Guess(slope * before, levels[0]),
        noise=lambda: x,
        eps_at_next=lambda x_t: x_t,
    )
    middle = slope * (now + after) / 2
    shrink = levels[2].sigma / levels[1].sigma
    expected = shrink * x + levels[2].alpha * (1 - np.exp(now - after)) * middle
    np.testing.assert_allclose(SAMPLERS["dpmpp2m"].advance(state), expected, atol=1e-5)


@pytest.mark.parametrize("sampler", DETERMINISTIC)
def test_solvers_come_to_the_exact_picture(sampler):
    run = make_run(steps=200, sampler=sampler, guidance=1)
    trace = Trace(run).complete()
    exact = CAT.flow(trace[0].x_t, time_grid(200)[0], time_grid(200)[-1])
    np.testing.assert_allclose(trace.final, exact, atol=0.03)


@pytest.mark.parametrize(
    "options",
    [{"sampler": "ddpm"}, {"sampler": "ddim", "eta": 0.5}, {"sampler": "ddim"}, {"sampler": "heun"}],
)
def test_pictures_are_distributed_like_the_data(options):
    pictures = made(batch=4, steps=400, guidance=1, shape=(32, 32, 3), **options)
    assert pictures.mean() == pytest.approx(CAT.mean, abs=0.01)
    assert pictures.std() == pytest.approx(CAT.std, rel=0.03)


@pytest.mark.parametrize("clip", [False, True])
def test_ddpm_is_ddim_with_eta_one(clip):
    ddpm = made(sampler="ddpm", clip=clip, positive=Gaussian(0.9, 0.4))
    ddim = made(sampler="ddim", eta=1.0, clip=clip, positive=Gaussian(0.9, 0.4))
    np.testing.assert_allclose(ddpm, ddim, atol=1e-5)


def test_ddim_without_noise_is_euler():
    np.testing.assert_allclose(made(sampler="ddim"), made(sampler="euler"), atol=1e-5)


@pytest.mark.parametrize("sampler", DETERMINISTIC)
def test_without_added_noise_only_the_start_decides(sampler):
    start = Start(noise(3, SHAPE)[None])
    np.testing.assert_array_equal(made(1, sampler=sampler, start=start), made(2, sampler=sampler, start=start))


@pytest.mark.parametrize("options", [{"sampler": "ddpm"}, {"sampler": "ddim", "eta": 0.5}])
def test_with_added_noise_the_seed_decides_later_steps_too(options):
    options = {"start": Start(noise(3, SHAPE)[None]), "guidance": 1, **options}
    assert np.abs(made(1, **options) - made(2, **options)).mean() > 0.05


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("clip", [False, True])
def test_a_batch_is_its_single_runs(sampler, clip):
    batch = made(7, batch=4, sampler=sampler, clip=clip)
    for row, seed in enumerate((7, 8, 9, 10)):
        np.testing.assert_array_equal(batch[row], made(seed, sampler=sampler, clip=clip)[0])


def test_pictures_of_a_batch_have_their_own_prompts_and_guidance():
    conditions = Conditions((CAT, DOG), (EMPTY, CAT))
    batch = made((5, 5), conditions=conditions, guidance=(4.0, 2.0))
    np.testing.assert_array_equal(batch[0], made(5, CAT, EMPTY, guidance=4.0)[0])
    np.testing.assert_array_equal(batch[1], made(5, DOG, CAT, guidance=2.0)[0])


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("clip", [False, True])
def test_a_step_shows_one_prediction_in_consistent_forms(sampler, clip):
    steps = list(sample(make_run(sampler=sampler, clip=clip, positive=Gaussian(0.9, 0.4))))
    assert [step.index for step in steps] == list(range(8))
    assert [step.noise_level for step in steps] == [level.sigma for level in time_grid(8)[:-1]]
    for step, following in pairwise(steps):
        assert following.x_t is step.x_next
        assert following.noise_level == step.next_sigma
    for step in steps:
        np.testing.assert_allclose(step.alpha * step.x0 + step.sigma * step.eps, step.x_t, atol=1e-5)
        np.testing.assert_allclose(step.alpha * step.x_t - step.sigma * step.v, step.x0, atol=1e-5)
    assert steps[-1].is_last


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_last_step_ends_on_the_clean_guess(sampler):
    *_, last = sample(make_run(sampler=sampler, clip=True))
    assert last.next_sigma == 0
    np.testing.assert_allclose(last.x_next, last.x0, atol=1e-6)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_clipping_keeps_the_clean_guess_within_range(sampler):
    run = make_run(sampler=sampler, clip=True, guidance=15)
    assert max(np.abs(step.x0).max() for step in sample(run)) <= 1
    assert np.abs(Trace(run).complete().final).max() <= 1 + 1e-5
    free = make_run(sampler=sampler, clip=False, guidance=15)
    assert max(np.abs(step.x0).max() for step in sample(free)) > 1.5


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_run_asks_the_network_as_often_as_it_says(sampler):
    calls = 7 * SAMPLERS[sampler].calls_per_step + 1
    denoiser = GaussianDenoiser()
    trace = Trace(make_run(sampler=sampler, denoiser=denoiser)).complete()
    assert trace.model_calls == denoiser.calls == calls
    assert len(denoiser.times) == 1, "conditions that never change are bound once"


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("steps", [1, 2, 70, 80, 150])
def test_any_number_of_steps_comes_to_a_plausible_picture(sampler, steps):
    """From 78 steps on the first points share a noise level; just below, the first step is very short."""
    picture = made(sampler=sampler, steps=steps, guidance=1)
    np.testing.assert_allclose(picture.mean(), CAT.mean, atol=0.2)
    assert np.abs(picture - CAT.mean).max() < 5 * CAT.std


def test_steps_cannot_be_changed_afterwards():
    step = next(sample(make_run()))
    with pytest.raises(FrozenInstanceError):
        step.index = 3
    for array in (step.x_t, step.eps_pos, step.eps_neg, step.eps, step.x0, step.x_next):
        with pytest.raises(ValueError, match="read-only"):
            array += 1


def test_the_start_that_was_given_is_left_alone():
    x = noise(3, SHAPE)[None]
    kept = x.copy()
    made(start=Start(x))
    x += 1
    np.testing.assert_array_equal(x, kept + 1)


def test_closing_a_run_stops_it():
    denoiser = GaussianDenoiser()
    steps = sample(make_run(denoiser=denoiser))
    next(steps)
    steps.close()
    assert denoiser.calls == 1
    assert list(steps) == []


@pytest.mark.parametrize("clip", [True, False])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_network_that_answers_nonsense_is_named(value, clip):
    class Broken(GaussianDenoiser):
        def bind(self, conditions, times=()):
            return lambda x_t, t: np.full_like(x_t, value)

    with np.errstate(invalid="ignore"), pytest.raises(NotFiniteError, match="step 1 of 8"):
        made(denoiser=Broken(), clip=clip)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sampler": "plms"}, f"choose one of {', '.join(SAMPLERS)}"),
        ({"sampler": None}, "no sampler"),
        ({"eta": 1.5}, "eta must lie between 0"),
        ({"eta": float("nan")}, "eta must lie between 0"),
        ({"eta": "1"}, "eta must lie between 0"),
        ({"eta": 0.5, "sampler": "euler"}, "leave eta at 0 or choose ddim"),
        ({"eta": 1.0, "sampler": "ddpm"}, "leave eta at 0 or choose ddim"),
        ({"guidance": float("inf")}, "guidance must be a finite number"),
        ({"guidance": ()}, "guidance must be a finite number"),
        ({"guidance": "a lot"}, "guidance must be a finite number"),
        ({"guidance": None}, "guidance must be a finite number"),
        ({"steps": 0}, "steps must be a whole number"),
    ],
)
def test_options_that_make_no_sense_are_refused_in_a_sentence(options, said):
    with pytest.raises(SettingError, match=said):
        SamplerOptions(**options)


def test_guidance_may_be_given_as_an_array():
    options = SamplerOptions(guidance=np.array([1.0, 4.0]))
    assert options == SamplerOptions(guidance=(1.0, 4.0))
    assert SamplerOptions(guidance=np.float32(2)).guidance == 2.0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"seeds": (1, 2)}, "2 seeds for the prompts of 1"),
        ({"guidance": (1.0, 2.0)}, "2 values for 1 pictures"),
        ({"start": Start(noise(1, (8, 8, 3))[None])}, "shape"),
        ({"start": Start(np.full((1, *SHAPE), np.nan, np.float32))}, "not finite"),
        ({"start": Start(noise(1, SHAPE)[None], index=8)}, "cannot start at step 8"),
    ],
)
def test_parts_that_do_not_fit_are_refused(arguments, said):
    with pytest.raises(SettingError, match=said):
        make_run(**arguments)


def test_what_ships_is_what_the_papers_say():
    """Orders, network calls of eight steps, ancestral or not, η or not; the other tests show that these are true."""
    said = {
        name: (sampler.order, 7 * sampler.calls_per_step + 1, sampler.ancestral, sampler.takes_eta)
        for name, sampler in SAMPLERS.items()
    }
    assert said["ddpm"] == (None, 8, True, False)
    assert said["ddim"] == (1, 8, False, True)
    assert said["euler"] == (1, 8, False, False)
    assert said["heun"] == (2, 15, False, False)
    assert said["dpmpp2m"] == (2, 8, False, False)
    assert {"ddpm", "ddim", "euler", "heun", "dpmpp2m"} <= set(SAMPLERS)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_names_its_source(sampler):
    assert " 20" in SAMPLERS[sampler].paper
    assert SAMPLERS[sampler].equation and SAMPLERS[sampler].note
    assert SAMPLERS[sampler].advance.__doc__
