"""Live training as a screen drives it: slices of time, pauses, changes, failures."""

from itertools import pairwise

import numpy as np
import pytest

from tdiff.diffusion import SettingError
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.training.best_guess import floor_of
from tdiff.lessons.training.live_state import BAND_NAMES, LiveSettings
from tdiff.lessons.training.live_training_lab import LiveTraining
from tdiff.tinytrain import SIDE, DivergedError, picture_set


class Clock:
    """Runs on by a fixed time at every look."""

    def __init__(self, tick: float = 0.1) -> None:
        self.now, self.tick = 0.0, tick

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


def live(count: int = 8, tick: float = 0.1, **settings: object) -> LiveTraining:
    return LiveTraining(LiveSettings(**settings), count=count, batch=16, clock=Clock(tick))


def test_before_the_first_step_there_are_pictures_of_nothing() -> None:
    state = live().advance(0)
    assert (state.step, state.sprites, state.shown, state.history) == (0, 0, 0, ())
    assert state.curves() == ()
    assert np.isnan(state.loss)
    assert state.samples.shape == (8, SIDE, SIDE, 3)
    assert len(state.panes()) == 4
    assert all(len(pane.title) <= 24 and pane.picture.shape == (32, 32, 3) for pane in state.panes())


def test_a_slice_takes_about_its_time() -> None:
    training = live()
    assert training.advance(0.95).step == 10
    assert training.advance(0.5).step == pytest.approx(15, abs=1)
    state = training.advance(0)
    assert state.seconds == pytest.approx(1.5, abs=0.11)
    assert state.history[-1].step == state.step


def test_samples_are_made_anew_often_at_first_and_more_rarely_later() -> None:
    training = live(tick=0.05)
    made = [training.advance(0.1).sampled_at for _ in range(100)]
    fresh = [place for place, (one, two) in enumerate(pairwise(made)) if one != two]
    gaps = np.diff(fresh)
    assert gaps[0] * 0.1 == pytest.approx(0.3, abs=0.11)
    assert gaps[-1] >= 2 * gaps[0]


def test_the_same_settings_give_the_same_course() -> None:
    first, second = live().train(30), live().train(30)
    assert (first.samples == second.samples).all()
    assert (first.samples != live(seed=1).train(30).samples).any()
    assert first.bands == second.bands


def test_a_state_is_not_changed_by_what_follows() -> None:
    training = live()
    state = training.train(10)
    before = state.samples.copy(), state.history
    training.train(10)
    assert (state.samples == before[0]).all()
    assert state.history == before[1]


def test_it_learns_and_says_at_which_noise_levels() -> None:
    training = LiveTraining(LiveSettings(4), batch=32)
    early, late = training.train(60), training.train(190)
    assert late.error < early.error
    assert late.bands[0] < 0.2 * early.bands[0]
    assert late.bands[-1] > late.bands[0]  # static fits many pictures
    assert late.error > floor_of(picture_set(4).train, np.random.default_rng(0)).error  # no network gets below it
    assert late.shown >= 6
    assert late.ratio < 0.5
    assert set(late.names) <= set(picture_set(4).names)
    names = [curve.name for curve in late.curves()]
    assert names == ["all levels", *BAND_NAMES]


def test_a_reset_starts_the_same_course_again() -> None:
    training = live()
    first = training.train(15)
    training.set_learning_rate(0.01)
    training.train(5)
    training.reset()
    assert training.advance(0).step == 0
    assert training.settings.learning_rate == 0.01  # what was chosen stays chosen
    training.set_learning_rate(LiveSettings().learning_rate)
    assert (training.train(15).samples == first.samples).all()


def test_another_set_or_target_starts_anew() -> None:
    training = live()
    training.train(5)
    training.choose(pictures=40)
    state = training.train(1)
    assert (state.step, state.settings.pictures, len(state.appeared.sprites)) == (1, 40, 40)
    training.choose(parametrization="v")
    state = training.train(1)
    assert (state.step, state.settings.pictures, state.settings.parametrization) == (1, 40, "v")


def test_changes_take_hold_while_a_slice_is_under_way() -> None:
    class Impatient(Clock):
        def __call__(self) -> float:
            if self.now > 0.75 and training.settings.pictures == 8:
                training.choose(pictures=4)
            return super().__call__()

    training = LiveTraining(count=8, batch=16, clock=Impatient())
    state = training.advance(1.0)
    assert state.settings.pictures == 4
    assert state.step < 5


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda training: training.choose(pictures=5), "no set of 5"),
        (lambda training: training.choose(parametrization="noise"), "x0, eps or v"),
        (lambda training: training.set_learning_rate(0), "learning rate"),
        (lambda training: training.set_learning_rate(float("nan")), "learning rate"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_lost(change: object, says: str) -> None:
    training = live()
    training.train(3)
    with pytest.raises(SettingError, match=says):
        change(training)
    assert training.train(1).step == 4


def test_a_state_has_8_or_32_samples() -> None:
    assert len(live(count=32).advance(0).samples) == 32
    with pytest.raises(LessonError, match="8 or 32"):
        live(count=9)


def test_after_training_fell_apart_a_reset_mends_it() -> None:
    training = live()
    training.train(2)
    run = training._current()
    run.trainer._weights.vector[:] = np.inf  # as too high a rate leaves it in the end
    with pytest.raises(DivergedError, match="lower it"):
        training.advance(1)
    training.reset()
    assert training.advance(0.5).step > 0


def test_the_history_stays_short() -> None:
    training = LiveTraining(LiveSettings(4), count=8, batch=4)
    for _ in range(300):
        state = training.train(1, look=False)
    steps = [point.step for point in state.history]
    assert len(steps) <= 240
    assert steps[0] == 1
    assert steps == sorted(set(steps))
    assert steps[-1] == 300
    assert state.sampled_at == 0


class TestFloor:
    def test_whoever_knows_one_picture_only_is_never_wrong(self) -> None:
        assert floor_of(picture_set(4).train[:1], np.random.default_rng(0)).error == 0

    def test_two_pictures_cannot_be_told_apart_in_heavy_noise_alone(self) -> None:
        floor = floor_of(picture_set(4).train[:2], np.random.default_rng(0))
        assert floor.bands[0] == pytest.approx(0, abs=1e-9)
        assert floor.bands[-1] > 0.001

    def test_pictures_that_noise_hides_leave_the_error_of_their_mean(self) -> None:
        shape = (1, 2, 2, 3)
        pair = np.concatenate([np.full(shape, 0.01, np.float32), np.full(shape, -0.01, np.float32)])
        floor = floor_of(pair, np.random.default_rng(0))
        assert floor.bands[-1] == pytest.approx(0.01**2, rel=0.02)
