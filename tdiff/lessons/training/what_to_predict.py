"""What should the network predict? The clean picture against v, with the same network and as many steps."""

from collections.abc import Iterator

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.training.live_state import LiveSettings, LiveState
from tdiff.lessons.training.live_training_lab import LiveTraining
from tdiff.tinytrain import TinySettings
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_BATCH = 64
_STEPS = 240  # of each
_EVERY, _LOOK = 15, 60  # steps between outcomes, and between new samples
_ALIKE = 0.1  # of the larger distance
_CLEAN, _V, _BOTH = range(3)


def what_to_predict(bench: Bench) -> Iterator[Outcome]:
    """Train two networks by turns, which differ in their target alone."""
    seed = bench.recipe.seed
    clean = LiveTraining(LiveSettings(parametrization="x0", seed=seed), batch=_BATCH)
    v = LiveTraining(LiveSettings(parametrization="v", seed=seed), batch=_BATCH)
    states = clean.advance(0), v.advance(0)
    yield _so_far(states)
    while states[1].step < _STEPS:
        look = (states[1].step + _EVERY) % _LOOK == 0
        states = clean.train(_EVERY, look), states[1]
        yield _so_far(states)
        states = states[0], v.train(_EVERY, look)
        if states[1].step < _STEPS:
            yield _so_far(states)

    by_clean, by_v = (_distance(state) for state in states)
    yield Outcome(
        panes=_panes(states),
        values={
            "clean": by_clean,
            "v": by_v,
            "shown": states[0].shown,
            "shown_v": states[1].shown,
            "samples": len(states[0].samples),
            "steps": _STEPS,
            "width": TinySettings().width,
            "numbers": states[0].samples[0].size,
        },
        tiny=True,
        answer=_BOTH if abs(by_clean - by_v) <= _ALIKE * max(by_clean, by_v) else _CLEAN if by_clean < by_v else _V,
        table=(
            (f"after {_STEPS} steps", "clean", "v"),
            ("samples with a sprite", *(str(state.shown) for state in states)),
            ("distance to a sprite", *(f"{_distance(state):.3f}" for state in states)),
            ("error, noise < 25%", *(f"{state.bands[0]:.4f}" for state in states)),
            ("error, noise > 75%", *(f"{state.bands[-1]:.4f}" for state in states)),
        ),
        curves=_curves(states),
        x_label="training step",
        y_label="squared error of the clean guess",
    )


def _so_far(states: tuple[LiveState, LiveState]) -> Outcome:
    taken = states[0].step + states[1].step
    return Outcome(_panes(states), progress=(taken, 2 * _STEPS), curves=_curves(states), tiny=True)


def _panes(states: tuple[LiveState, LiveState]) -> tuple[Pane, ...]:
    names = ("clean picture", "v")
    return tuple(
        Pane(f"predicts {name}", state.sheet(), f"{state.shown} of {len(state.samples)}")
        for name, state in zip(names, states, strict=True)
    )


def _distance(state: LiveState) -> float:
    """Mean squared distance of the samples to their nearest training pictures."""
    return float(state.memorisation.train.distance.mean())


def _curves(states: tuple[LiveState, LiveState]) -> tuple[Curve, ...]:
    totals = [state.curves()[0] for state in states if state.curves()]
    return tuple(
        Curve(name, line.xs, line.ys) for name, line in zip(("predicts clean", "predicts v"), totals, strict=False)
    )
