"""Stepping back, forking, switching, and going on after a stop."""

from dataclasses import replace

import numpy as np
import pytest

from tdiff.diffusion import (
    Conditions,
    NoiseStream,
    SamplerOptions,
    SettingError,
    Trace,
    run_of,
    sample,
)
from tdiff.samplers import SAMPLERS
from tests.diffusion.gaussian import CAT, DOG, EMPTY, SHAPE, GaussianDenoiser, made, make_run

CATS, DOGS = Conditions.repeat(CAT, EMPTY), Conditions.repeat(DOG, EMPTY)


def finished(**arguments):
    return Trace(make_run(**arguments)).complete()


def test_stepping_back_is_a_read():
    denoiser = GaussianDenoiser()
    trace = finished(denoiser=denoiser)
    calls = denoiser.calls
    assert [trace[i].index for i in (7, 6, 0)] == [7, 6, 0]
    assert trace[-1] is trace[7]
    assert [step.index for step in trace[2:4]] == [2, 3]
    assert trace.changes().shape == (7, 1)
    assert denoiser.calls == calls


def test_a_finished_trace_has_one_state_more_than_steps():
    trace = finished()
    assert len(trace) == 8
    assert len(trace.states) == len(trace.noise_levels) == 9
    np.testing.assert_array_equal(trace.states[0], NoiseStream([7], SHAPE).start())
    np.testing.assert_array_equal(trace.states[-1], trace.final)
    assert trace.noise_levels[-1] == 0
    assert list(trace.noise_levels) == sorted(trace.noise_levels, reverse=True)


def test_there_is_no_picture_before_the_end():
    trace = Trace(make_run())
    assert trace.states == ()
    next(trace.play())
    assert len(trace.states) == 2
    with pytest.raises(SettingError, match="after 1 steps this run has no finished picture"):
        trace.final  # noqa: B018


def test_changes_measure_what_each_step_did():
    trace = finished(batch=2)
    expected = np.abs(trace[1].x0 - trace[0].x0).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(trace.changes()[0], expected, rtol=1e-5)
    assert (trace.changes("x_t") > 0).all()


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("switch", [2, 3, 4])
def test_a_run_that_was_stopped_goes_on_to_the_same_picture(sampler, switch):
    conditions = [(0, CATS), (switch, DOGS)]
    trace = Trace(make_run(sampler=sampler, conditions=conditions))
    playing = trace.play()
    for _ in range(3):
        next(playing)
    playing.close()
    assert len(trace) == 3
    np.testing.assert_array_equal(trace.complete().final, made(sampler=sampler, conditions=conditions))
    assert list(trace.play()) == []


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("step", [0, 1, 5, 7])
def test_a_fork_that_changes_nothing_is_the_original_track(sampler, step):
    denoiser = GaussianDenoiser()
    trace = finished(sampler=sampler, denoiser=denoiser)
    calls = denoiser.calls
    fork = trace.fork(step)
    assert fork[:] == trace[:step], "the steps before are the same objects"
    assert denoiser.calls == calls
    np.testing.assert_array_equal(fork.complete().final, trace.final)
    assert denoiser.calls - calls == trace.model_calls - sum(s.model_calls for s in trace[:step])


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_fork_with_another_prompt_is_a_run_that_switches_there(sampler):
    fork = finished(sampler=sampler).fork(3, conditions=DOGS).complete()
    switched = made(sampler=sampler, conditions=[(0, CATS), (3, DOGS)])
    np.testing.assert_array_equal(fork.final, switched)
    assert np.abs(fork.final - made(sampler=sampler)).mean() > 0.1


def test_a_fork_with_another_guidance_shares_what_came_before():
    trace = finished(guidance=4)
    fork = trace.fork(4, options=replace(trace.run.options, guidance=1.0)).complete()
    assert fork[3] is trace[3]
    np.testing.assert_array_equal(fork[4].x_t, trace[4].x_t)
    assert (fork[4].guidance == 1).all()
    assert np.abs(fork.final - trace.final).mean() > 0.05


def test_a_fork_may_take_another_sampler():
    trace = finished()
    fork = trace.fork(4, options=replace(trace.run.options, sampler="heun")).complete()
    assert fork[4].model_calls == 2
    assert fork.finished


def test_a_new_seed_decides_the_noise_that_is_still_to_come():
    trace = finished(sampler="ddpm")
    fork = trace.fork(4, seeds=8).complete()
    np.testing.assert_array_equal(fork[4].x_t, trace[4].x_t)
    assert np.abs(fork.final - trace.final).mean() > 0.02


def test_where_no_noise_is_to_come_a_new_seed_noises_the_clean_guess_again():
    trace = finished(guidance=1)
    step = trace[4]
    fork = trace.fork(4, seeds=8).complete()
    eps = NoiseStream([8], SHAPE).start()
    np.testing.assert_array_equal(fork[4].x_t, step.alpha * step.x0 + step.sigma * eps)
    assert np.abs(fork.final - trace.final).mean() > 0.02


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_new_noise_at_the_first_step_is_a_run_of_the_new_seed(sampler):
    fork = finished(sampler=sampler).fork(0, seeds=8, renoise=True).complete()
    np.testing.assert_array_equal(fork.final, made(8, sampler=sampler))


def test_renoising_can_be_asked_for_and_declined():
    ancestral, plain = finished(sampler="ddpm"), finished()
    assert np.abs(ancestral.fork(4, seeds=8, renoise=True).run.start.x_t - ancestral[4].x_t).mean() > 0.1
    np.testing.assert_array_equal(plain.fork(4, seeds=8, renoise=False).complete().final, plain.final)


def test_a_fork_of_a_fork_keeps_both_turns():
    first = finished().fork(2, conditions=DOGS).complete()
    second = first.fork(5, conditions=CATS).complete()
    np.testing.assert_array_equal(second.final, made(conditions=[(0, CATS), (2, DOGS), (5, CATS)]))


def test_every_picture_of_a_batch_forks():
    trace = Trace(make_run(batch=3)).complete()
    fork = trace.fork(4, conditions=Conditions((DOG, CAT, DOG), (EMPTY,) * 3)).complete()
    np.testing.assert_array_equal(fork.final[1], trace.final[1])
    assert np.abs(fork.final[0] - trace.final[0]).mean() > 0.05


@pytest.mark.parametrize("step", [-1, 3, 8])
def test_a_step_that_has_not_been_done_cannot_be_forked(step):
    trace = Trace(make_run())
    playing = trace.play()
    for _ in range(3):
        next(playing)
    with pytest.raises(SettingError, match=f"step {step} has not been done.*choose 0 to 2"):
        trace.fork(step)


def test_a_fork_keeps_the_grid():
    trace = finished()
    with pytest.raises(SettingError, match="start a new run for 9"):
        trace.fork(2, options=replace(trace.run.options, steps=9))


def test_a_caller_may_drive_the_run_itself():
    run = make_run()
    trace = Trace(run)
    for step in sample(run):
        trace.append(step)
    assert trace.finished
    with pytest.raises(SettingError, match="does not follow"):
        trace.append(trace[3])


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_switch_at_the_first_step_is_the_other_prompt(sampler):
    """And a switch after all steps but one still differs from none."""
    only_last = made(sampler=sampler, conditions=[(0, CATS), (7, DOGS)])
    assert np.abs(only_last - made(sampler=sampler)).max() > 1e-3
    np.testing.assert_array_equal(made(sampler=sampler, conditions=[(0, DOGS)]), made(sampler=sampler, positive=DOG))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_switch_to_the_same_prompt_changes_nothing(sampler):
    denoiser = GaussianDenoiser()
    same = made(sampler=sampler, denoiser=denoiser, conditions=[(0, CATS), (3, Conditions.repeat(CAT, EMPTY))])
    np.testing.assert_array_equal(same, made(sampler=sampler))
    assert len(denoiser.times) == 1


def test_the_negative_switches_too():
    switched = made(conditions=[(0, CATS), (2, Conditions.repeat(CAT, DOG))])
    assert np.abs(switched - made()).mean() > 0.05


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ([], "rising steps from 0"),
        ([(1, CATS)], "rising steps from 0"),
        ([(0, CATS), (4, DOGS), (2, CATS)], "rising steps from 0"),
        ([(0, CATS), (4, Conditions.repeat(DOG, EMPTY, 2))], "as many pictures as the first"),
        ([(0, CATS), (8, DOGS)], "a switch at step 8 never happens"),
    ],
)
def test_switches_that_make_no_sense_are_refused(conditions, said):
    with pytest.raises(SettingError, match=said):
        run_of(GaussianDenoiser(), conditions, 7, SamplerOptions(8), shape=SHAPE)
