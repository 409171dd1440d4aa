"""What guidance and the negative do, as identities."""

import numpy as np
import pytest

from tdiff.diffusion import Conditions, SamplerOptions, SettingError, guide, noise, sample
from tdiff.samplers import SAMPLERS
from tests.diffusion.gaussian import CAT, DOG, EMPTY, Gaussian, GaussianDenoiser, made, make_run


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("clip", [False, True])
@pytest.mark.parametrize("keep_negative", [False, True])
def test_guidance_one_is_plain_conditional_whatever_the_negative(sampler, clip, keep_negative):
    options = {"sampler": sampler, "clip": clip, "guidance": 1}
    plain = made(negative=CAT, **options)
    np.testing.assert_array_equal(made(negative=DOG, keep_negative=keep_negative, **options), plain)


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("clip", [False, True])
def test_guidance_zero_is_the_negative_whatever_the_prompt(sampler, clip):
    options = {"sampler": sampler, "clip": clip}
    negative_alone = made(positive=DOG, negative=DOG, guidance=1, **options)
    np.testing.assert_array_equal(made(positive=CAT, negative=DOG, guidance=0, **options), negative_alone)


def test_the_empty_prompt_as_a_negative_is_plain_guidance():
    """Spelling the empty prompt out as a negative of its own changes nothing."""
    spelled_out = Gaussian(EMPTY.mean, EMPTY.std)
    np.testing.assert_array_equal(made(negative=spelled_out), made(negative=EMPTY))


def test_a_prompt_that_is_its_own_negative_feels_no_guidance():
    np.testing.assert_array_equal(made(negative=CAT, guidance=9), made(negative=CAT, guidance=1))


def test_more_guidance_goes_further_from_the_negative():
    means = [made(range(20), batch=20, guidance=w).mean() for w in (-1, 0, 1, 4)]
    assert means == sorted(means)
    assert means[0] < EMPTY.mean < means[2] < means[3]


def test_unclipped_noise_is_linear_in_guidance():
    step = next(sample(make_run(guidance=4)))
    np.testing.assert_allclose(step.eps, step.eps_neg + 4 * (step.eps_pos - step.eps_neg), atol=1e-5)


@pytest.mark.parametrize("w", [-2.0, 0.0, 1.0, 7.5])
@pytest.mark.parametrize("clip", [False, True])
def test_guidance_moves_afterwards_without_a_model_call(w, clip):
    denoiser = GaussianDenoiser()
    step = next(sample(make_run(denoiser=denoiser, guidance=4)))
    calls = denoiser.calls
    moved = step.reguided(w, clip)
    expected = next(sample(make_run(guidance=w, keep_negative=True, clip=clip)))
    assert denoiser.calls == calls
    np.testing.assert_allclose(moved.eps, expected.eps, atol=1e-4)
    np.testing.assert_allclose(moved.x0, expected.x0, atol=1e-4)
    np.testing.assert_allclose(moved.v, expected.v, atol=1e-4)


def test_guidance_cannot_move_where_the_negative_was_never_asked():
    step = next(sample(make_run(guidance=1)))
    np.testing.assert_allclose(step.reguided(1).eps, step.eps, atol=1e-5)
    with pytest.raises(SettingError, match="sample with `keep_negative`"):
        step.reguided(4)


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        ({"guidance": 4}, 2),
        ({"guidance": 1}, 1),
        ({"guidance": 1, "keep_negative": True}, 2),
        ({"guidance": 4, "negative": CAT}, 1),
        ({"guidance": (1, 1), "batch": 2}, 2),
        ({"guidance": (1, 4), "batch": 2}, 4),
    ],
)
def test_the_negative_is_asked_in_the_same_batch_and_only_where_it_matters(arguments, asked):
    denoiser = GaussianDenoiser()
    made(denoiser=denoiser, **arguments)
    assert set(denoiser.batches) == {asked}


def test_what_was_not_asked_is_not_shown():
    assert next(sample(make_run(guidance=1))).eps_neg is None
    itself = next(sample(make_run(negative=CAT)))
    np.testing.assert_array_equal(itself.eps_neg, itself.eps_pos)
    shown = next(sample(make_run(guidance=1, keep_negative=True)))
    np.testing.assert_allclose(shown.eps_neg, next(sample(make_run(positive=EMPTY, guidance=1))).eps_pos, atol=1e-6)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_guidance_that_starts_later_leaves_the_steps_before_it_plain(sampler):
    late = list(sample(make_run(sampler=sampler, guidance=4, guidance_start=0.35)))
    plain = list(sample(make_run(sampler=sampler, guidance=1)))
    assert [step.guidance.item() for step in late] == [1, 1, 1, 4, 4, 4, 4, 4]
    for step, unguided in zip(late[:3], plain[:3], strict=True):
        np.testing.assert_array_equal(step.x_next, unguided.x_next)
    assert not np.allclose(late[3].x_next, plain[3].x_next)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_where_guidance_starts_changes_nothing_at_or_below_one(sampler):
    for w in (-1, 0, 1):
        options = {"sampler": sampler, "guidance": w}
        np.testing.assert_array_equal(made(guidance_start=0.5, **options), made(**options))


def test_guidance_starts_for_each_picture_of_a_batch():
    late = list(sample(make_run(guidance=(0, 1, 4), batch=3, guidance_start=0.25)))
    assert late[1].guidance.ravel().tolist() == [0, 1, 1]
    assert late[2].guidance.ravel().tolist() == [0, 1, 4]


def test_the_negative_is_not_asked_before_guidance_starts():
    denoiser = GaussianDenoiser()
    made(denoiser=denoiser, guidance=4, guidance_start=0.25)
    assert denoiser.batches == [1, 1, 2, 2, 2, 2, 2, 2]


@pytest.mark.parametrize(
    ("start", "steps", "first"),
    [(0.0, 8, 0), (0.1, 30, 3), (0.15, 20, 3), (0.01, 20, 0), (0.05, 12, 1), (0.05, 10, 0), (1, 8, 8)],
)
def test_guidance_starts_at_a_share_of_the_run(start, steps, first):
    assert SamplerOptions(steps, guidance_start=start).guided_from == first


@pytest.mark.parametrize("start", [-0.1, 1.1, float("nan"), True, "0.1"])
def test_a_start_that_is_no_share_is_refused(start):
    with pytest.raises(SettingError, match="guidance_start must lie between 0"):
        SamplerOptions(guidance_start=start)


def test_guide_takes_a_weight_for_each_picture():
    pos, neg = (np.stack([noise(seed, (2, 2, 3)), noise(seed + 1, (2, 2, 3))]) for seed in (1, 3))
    weights = np.array([1, 3], np.float32).reshape(2, 1, 1, 1)
    guided = guide(pos, neg, weights)
    np.testing.assert_array_equal(guided[0], pos[0])
    np.testing.assert_allclose(guided[1], neg[1] + 3 * (pos[1] - neg[1]), atol=1e-6)


@pytest.mark.parametrize(("positive", "negative"), [((), ()), ((CAT, DOG), (EMPTY,))])
def test_prompts_without_their_negatives_are_refused(positive, negative):
    with pytest.raises(SettingError, match="as many prompts as negatives"):
        Conditions(positive, negative)
