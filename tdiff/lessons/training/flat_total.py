"""Why is the total loss nearly flat while the pictures improve?"""

from collections.abc import Iterator

import numpy as np

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.training.best_guess import floor_of
from tdiff.lessons.training.live_state import LiveSettings, LiveState
from tdiff.lessons.training.live_training_lab import LiveTraining
from tdiff.tinytrain import picture_set
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_PICTURES = 8
_BATCH = 64  # smaller than the live training's, for twice the steps in the time
_STEPS, _FROM = 400, 240
_EVERY, _LOOK = 10, 40  # steps between outcomes, and between new samples
_TOTAL, _LIGHT, _HEAVY, _ALIKE = range(4)
_SPREAD = 0.1  # falls that differ by less are about alike


def flat_total(bench: Bench) -> Iterator[Outcome]:
    """Train, and compare step 200 with step 400: total error, error by noise level, pictures."""
    seed = bench.recipe.seed
    live = LiveTraining(LiveSettings(_PICTURES, seed=seed), batch=_BATCH)
    before = state = live.advance(0)
    yield Outcome((_pane(state),), progress=(0, _STEPS), tiny=True)
    while state.step < _STEPS:
        state = live.train(_EVERY, look=(state.step + _EVERY) % _LOOK == 0)
        before = state if state.step == _FROM else before
        if state.step < _STEPS:
            panes = (_pane(before), _pane(state)) if state.step > _FROM else (_pane(state),)
            yield Outcome(panes, progress=(state.step, _STEPS), curves=_curves(state), tiny=True)

    floor = floor_of(picture_set(_PICTURES).train, np.random.Generator(np.random.PCG64([seed, 6])))
    falls = [1 - late / early for early, late in ((before.error, state.error), *_ends(before, state))]
    yield Outcome(
        panes=(_pane(before), _pane(state)),
        values={
            "from": _FROM,
            "to": _STEPS,
            "total": falls[0],
            "light": falls[1],
            "heavy": falls[2],
            "error": state.error,
            "shown_before": before.shown,
            "shown": state.shown,
            "samples": len(state.samples),
            "floor": floor.error,
            "floor_share": floor.error / state.error,
        },
        tiny=True,
        answer=_ALIKE if max(falls) - min(falls) <= _SPREAD else (_TOTAL, _LIGHT, _HEAVY)[int(np.argmax(falls))],
        table=_table(before, state, (floor.error, floor.bands[0], floor.bands[-1])),
        curves=_curves(state),
        x_label="training step",
        y_label=f"error, % of that at step {_FROM}",
    )


def _ends(before: LiveState, after: LiveState) -> tuple[tuple[float, float], tuple[float, float]]:
    """Errors of the least noisy and of the noisiest band, before and after."""
    return (before.bands[0], after.bands[0]), (before.bands[-1], after.bands[-1])


def _pane(state: LiveState) -> Pane:
    return Pane(f"made at step {state.step}", state.sheet(), f"{state.shown} of {len(state.samples)}")


def _curves(state: LiveState) -> tuple[Curve, ...]:
    """Errors relative to the step from which they are compared; none before it."""
    points = [point for point in state.history if point.step >= _FROM]
    if len(points) < 2:
        return ()
    xs = tuple(float(point.step) for point in points)
    lines = {
        "all levels": [point.error for point in points],
        "noise 0% to 25%": [point.bands[0] for point in points],
        "noise 75% to 100%": [point.bands[-1] for point in points],
    }
    return tuple(Curve(name, xs, tuple(100 * y / ys[0] for y in ys)) for name, ys in lines.items())


def _table(before: LiveState, after: LiveState, floor: tuple[float, float, float]) -> tuple[tuple[str, ...], ...]:
    names = ("all levels", "noise < 25%", "noise > 75%")
    pairs = ((before.error, after.error), *_ends(before, after))
    rows = [
        (name, f"{early:.4f}", f"{late:.4f}", f"{least:.4f}")
        for name, (early, late), least in zip(names, pairs, floor, strict=True)
    ]
    return (("error", f"step {_FROM}", f"step {_STEPS}", "at best"), *rows)
