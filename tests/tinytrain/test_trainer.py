"""Training as the lesson uses it: stepping, pausing, going back, sampling."""

from dataclasses import replace

import numpy as np
import pytest

from tdiff.diffusion import Conditions, SamplerOptions, SettingError, run_of, sample
from tdiff.tinytrain import DivergedError, TinySettings, TinyTrainer, picture_set

SMALL = TinySettings(width=48, batch=16, seed=5)


def trainer(**changes):
    return TinyTrainer(picture_set(8).train, replace(SMALL, **changes))


def train(subject, steps):
    return [subject.step() for _ in range(steps)]


def same(first, second):
    """Whether two lists of reports agree, NaN being equal to NaN."""
    return repr(first) == repr(second)


@pytest.mark.parametrize(("kind", "share"), [("x0", 0.5), ("v", 0.8), ("eps", 0.98)])  # what fits through 48 units
def test_the_loss_goes_down(kind, share):
    losses = [report.loss for report in train(trainer(parametrization=kind), 150)]
    assert np.mean(losses[-20:]) < share * np.mean(losses[:20])


def test_clean_guesses_are_better_where_there_is_less_noise():
    reports = train(trainer(batch=64), 200)
    little, much = np.nanmean([report.band_x0_errors for report in reports[-20:]], axis=0)[[0, -1]]
    assert little < much / 2


def test_a_seed_decides_the_whole_course():
    first, second, other = trainer(), trainer(), trainer(seed=6)
    reports = train(first, 20)
    assert same(reports, train(second, 20))
    np.testing.assert_array_equal(first.sample(4), second.sample(4))
    assert not same(reports, train(other, 20))


def test_steps_count_from_one():
    subject = trainer()
    assert subject.steps == 0
    assert [report.step for report in train(subject, 3)] == [1, 2, 3]
    assert subject.steps == 3


def test_reset_forgets_everything():
    subject = trainer()
    fresh_samples = subject.sample(4)
    course = train(subject, 10)
    subject.learning_rate = 0.01
    subject.reset()
    assert subject.steps == 0
    assert subject.learning_rate == SMALL.learning_rate
    np.testing.assert_array_equal(subject.sample(4), fresh_samples)
    assert same(train(subject, 10), course)


def test_training_goes_on_from_a_kept_state_as_if_it_had_never_stopped():
    subject = trainer()
    train(subject, 10)
    subject.learning_rate = 0.001
    kept = subject.state()
    rest = train(subject, 10)
    resumed = trainer()
    resumed.restore(kept)
    assert same(train(resumed, 10), rest)
    np.testing.assert_array_equal(resumed.sample(4), subject.sample(4))
    subject.restore(kept)  # later steps have not written into it
    assert same(train(subject, 10), rest)


def test_a_state_of_other_settings_is_refused():
    with pytest.raises(SettingError, match="other settings"):
        trainer().restore(trainer(width=64).state())


def test_sampling_starts_from_the_same_noises_and_does_not_disturb_training():
    disturbed, left_alone = trainer(), trainer()
    for _ in range(5):
        disturbed.step()
        disturbed.sample(2, steps=3)
    course = train(left_alone, 10)
    assert same(train(disturbed, 5), course[5:])
    first, again = disturbed.sample(6), disturbed.sample(6)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_allclose(disturbed.sample(3), first[:3], atol=1e-4)
    assert first.shape == (6, 16, 16, 3)
    assert first.dtype == np.float32
    assert np.abs(first).max() <= 1


@pytest.mark.parametrize("kind", ["x0", "eps", "v"])
def test_the_denoiser_makes_the_samples_and_later_steps_leave_it_alone(kind):
    subject = trainer(parametrization=kind)
    train(subject, 20)
    denoiser, expected = subject.denoiser(), subject.sample(2, steps=5)
    train(subject, 5)
    options = SamplerOptions(steps=5, guidance=1.0)
    *_, last = sample(run_of(denoiser, Conditions.repeat(None, None, 2), 0, options, shape=(16, 16, 3)))
    np.testing.assert_allclose(np.clip(last.x_next, -1, 1), expected, atol=1e-5)
    assert not np.allclose(subject.sample(2, steps=5), expected, atol=1e-3)


def test_slow_motion_is_an_ordinary_step_that_is_watched():
    watched, plain = trainer(), trainer()
    train(watched, 10), train(plain, 10)
    assert same(watched.step_in_slow_motion().report, plain.step())
    assert same(train(watched, 3), train(plain, 3))


@pytest.mark.parametrize("kind", ["x0", "eps", "v"])
@pytest.mark.parametrize("level", [0.2, 0.9])
def test_slow_motion_shows_numbers_that_fit_together(kind, level):
    subject = trainer(parametrization=kind)
    train(subject, 30)
    one = subject.step_in_slow_motion(level)
    assert one.level == pytest.approx(level, abs=0.1)
    np.testing.assert_array_equal(one.picture, picture_set(8).train[one.picture_index])
    np.testing.assert_allclose(one.mixture, one.alpha * one.picture + one.level * one.noise, atol=1e-5)
    wanted = {"x0": one.picture, "eps": one.noise, "v": one.alpha * one.noise - one.level * one.picture}[kind]
    np.testing.assert_allclose(one.target, wanted, atol=1e-6)
    assert one.squared_error == pytest.approx(float(np.square(one.prediction - one.target).mean()), rel=1e-5)
    assert one.squared_error_after != one.squared_error
    assert one.gradient_norm > 0
    assert one.update_norm > 0
    kept = one.picture.copy()
    train(subject, 2)
    np.testing.assert_array_equal(one.picture, kept)


def test_a_nudge_helps_with_what_was_just_seen():
    """Not always for one picture of many, but of a set with a single picture and level it must."""
    subject = TinyTrainer(picture_set(4).train[:1], SMALL)
    steps = [subject.step_in_slow_motion(0.9) for _ in range(20)]
    assert sum(step.squared_error_after < step.squared_error for step in steps) >= 18


def test_the_learning_rate_can_be_changed_and_rises_at_first():
    subject = trainer(learning_rate=0.002)
    reports = train(subject, 120)
    assert reports[0].learning_rate == pytest.approx(0.002 / 100)
    assert reports[-1].learning_rate == 0.002
    subject.learning_rate = 0.004
    assert subject.step().learning_rate == 0.004
    subject.learning_rate = 1e-6
    assert subject.step().update_norm < reports[-1].update_norm / 100


@pytest.mark.parametrize("value", [0, -1, 0.2, float("nan"), float("inf"), True, "fast"])
def test_impossible_learning_rates_are_refused(value):
    with pytest.raises(SettingError, match=r"learning rate must be above 0 and at most 0\.1"):
        TinySettings(learning_rate=value)
    subject = trainer()
    with pytest.raises(SettingError, match="learning rate"):
        subject.learning_rate = value
    assert subject.learning_rate == SMALL.learning_rate


@pytest.mark.parametrize(
    ("field", "value"),
    [("width", 7), ("width", 10**9), ("width", 64.0), ("batch", 0), ("batch", True), ("seed", -1), ("seed", 2**64)],
)
def test_impossible_settings_are_refused_by_name(field, value):
    with pytest.raises(SettingError, match=f"{field} must be a whole number from"):
        TinySettings(**{field: value})


def test_unknown_parametrizations_are_refused():
    with pytest.raises(SettingError, match="predict x0, eps or v, not 'score'"):
        TinySettings(parametrization="score")


@pytest.mark.parametrize(
    "pictures",
    [np.zeros((2, 4, 4, 3)), np.zeros((0, 4, 4, 3), np.float32), np.zeros((4, 4, 3), np.float32)],
)
def test_arrays_that_are_no_pictures_are_refused(pictures):
    with pytest.raises(SettingError, match="float32 pictures"):
        TinyTrainer(pictures)


@pytest.mark.parametrize("value", [2.0, np.nan])
def test_pictures_out_of_range_are_refused(value):
    with pytest.raises(SettingError, match=r"within \[-1, 1\]"):
        TinyTrainer(np.full((1, 4, 4, 3), value, np.float32))


@pytest.mark.parametrize("count", [0, 10**9, 1.5, True])
def test_impossible_numbers_of_samples_are_refused(count):
    with pytest.raises(SettingError, match="number of samples"):
        trainer().sample(count)


@pytest.mark.parametrize("ruin", [np.nan, 1e30])
def test_a_training_that_fell_apart_says_so_and_can_be_started_again(ruin):
    subject = trainer()
    fresh = subject.state()
    subject.restore(replace(fresh, weights=np.full_like(fresh.weights, ruin), average=fresh.weights * np.nan))
    with pytest.raises(DivergedError, match="lower it and start again"):
        subject.step()
    with pytest.raises(DivergedError, match="lower it and start again"):
        subject.sample(2)
    subject.reset()
    assert np.isfinite(subject.step().loss)
