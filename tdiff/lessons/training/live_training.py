"""Live training: a small network learns eight sprites from nothing, before your eyes."""

from collections.abc import Iterator

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.training.live_state import LiveSettings, LiveState
from tdiff.lessons.training.live_training_lab import LiveTraining
from tdiff.tinytrain import CLOSE
from tdiff.views.figures import Pane

_STEPS = 500
_EVERY = 25  # steps between looks: a third of a second on one core
_KEY_FRAMES = (0, 100, 250, _STEPS)
_SOON, _LATER = 100, 250
_BY_100, _BY_250, _LATE, _NEVER = range(4)


def live_training(bench: Bench) -> Iterator[Outcome]:
    """Train 500 steps and note when the first sample shows a training picture."""
    live = LiveTraining(LiveSettings(seed=bench.recipe.seed))
    state = live.advance(0)
    kept = [_pane(state)]
    yield Outcome(tuple(kept), progress=(0, _STEPS), tiny=True)

    first: int | None = None
    while state.step < _STEPS:
        state = live.train(_EVERY)
        if first is None and state.sprites:
            first = state.step
        if state.step in _KEY_FRAMES:
            kept.append(_pane(state))
        if state.step < _STEPS:
            yield _so_far(state, kept)

    yield Outcome(
        panes=tuple(kept),
        values={
            "first": "none" if first is None else f"step {first}",
            "sprites": state.sprites,
            "of": len(state.appeared.sprites),
            "shown": state.shown,
            "samples": len(state.samples),
            "close": CLOSE,
            "steps": _STEPS,
            "seconds": state.seconds,
        },
        tiny=True,
        answer=_NEVER if first is None else _BY_100 if first <= _SOON else _BY_250 if first <= _LATER else _LATE,
        table=_table(state),
        curves=state.curves(),
        x_label="training step",
        y_label="squared error of the clean guess",
    )


def _so_far(state: LiveState, kept: list[Pane]) -> Outcome:
    """The last state on two sheets, and what they were before."""
    made, nearest, more, _ = state.panes()
    return Outcome((kept[0], made, more, nearest), progress=(state.step, _STEPS), curves=state.curves(), tiny=True)


def _pane(state: LiveState) -> Pane:
    return Pane(f"after {state.step} steps", state.sheet(), f"{state.shown} of {len(state.samples)}")


def _table(state: LiveState) -> tuple[tuple[str, ...], ...]:
    rows = [
        (str(point.step), f"{point.error:.4f}", f"{point.bands[0]:.4f}", f"{point.bands[-1]:.4f}", str(point.shown))
        for point in state.history
        if point.step % (_STEPS // 5) == 0
    ]
    return (("step", "error", "noise < 25%", "> 75%", "shown"), *rows)
