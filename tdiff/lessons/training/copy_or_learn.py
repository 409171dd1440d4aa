"""Memorise or learn? The same network on 4, on 40 and on 400 pictures, and how near it comes to them."""

from collections.abc import Iterator

import numpy as np

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.showing import sheet
from tdiff.lessons.training.live_state import LiveSettings, LiveState
from tdiff.lessons.training.live_training_lab import LiveTraining
from tdiff.pipeline import from_pixels
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_SETS = (4, 40, 400)
_BATCH = 64
_STEPS = 700  # for each set
_EVERY, _LOOK = 20, 100  # steps between outcomes, and between new samples
_COPIES = 0.5  # ratio below which the samples are twice as near to what was trained on as to what was not


def copy_or_learn(bench: Bench, steps: int = _STEPS) -> Iterator[Outcome]:
    """Train a network on each set and compare distances to its pictures with those to as many held-out ones.

    Args:
        bench: whose seed starts the networks.
        steps: for each set, a multiple of 100.
    """
    states: list[LiveState] = []
    ratios: dict[int, list[tuple[float, float]]] = {}
    for size in _SETS:
        live = LiveTraining(LiveSettings(size, seed=bench.recipe.seed), batch=_BATCH)
        state = live.advance(0)
        ratios[size] = []
        while state.step < steps:
            yield _so_far([*states, state], ratios, steps)
            state = live.train(_EVERY, look=(state.step + _EVERY) % _LOOK == 0)
            if state.sampled_at == state.step:
                ratios[size].append((float(state.step), state.ratio))
        states.append(state)

    copying = next((place for place, state in enumerate(states) if state.ratio > _COPIES), len(states))
    yield Outcome(
        panes=tuple(map(_pane, states)),
        values={
            "four": states[0].ratio,
            "forty": states[1].ratio,
            "four_hundred": states[2].ratio,
            "copies_4": states[0].shown,
            "copies_40": states[1].shown,
            "copies_400": states[2].shown,
            "samples": len(states[0].samples),
            "line": _COPIES,
            "steps": steps,
        },
        tiny=True,
        answer=copying,
        table=(
            ("trained on", "copies of 32", "loss", "ratio"),
            *((str(s.settings.pictures), str(s.shown), f"{s.error:.3f}", f"{s.ratio:.2f}") for s in states),
        ),
        curves=_curves(ratios),
        x_label="training step",
        y_label="distance to trained / held-out",
    )


def _so_far(states: list[LiveState], ratios: dict[int, list[tuple[float, float]]], steps: int) -> Outcome:
    taken = sum(state.step for state in states)
    progress = taken, len(_SETS) * steps
    return Outcome(tuple(map(_pane, states)), progress=progress, curves=_curves(ratios), tiny=True)


def _pane(state: LiveState) -> Pane:
    """Two samples, and below each the training picture nearest to it."""
    both = np.concatenate([state.samples[:2], state.nearest[:2]])
    return Pane(f"of {state.settings.pictures}: made, nearest", sheet(from_pixels(both)), f"ratio {state.ratio:.2f}")


def _curves(ratios: dict[int, list[tuple[float, float]]]) -> tuple[Curve, ...]:
    return tuple(
        Curve(f"{size} pictures", tuple(x for x, _ in points), tuple(y for _, y in points))
        for size, points in ratios.items()
        if len(points) > 1
    )
