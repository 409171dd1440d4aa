"""Change the mix: the same small network on three mixes of red and blue things, and what it makes of each."""

from collections.abc import Iterator

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.skew.mix_lab import LOOK, SHARES, MixState, MixTraining
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_STEPS = 750  # on each mix
_EVERY = 25
_HALF = SHARES.index(0.5)
_AROUND_HALF = (0.4, 0.6)
_LESS, _ABOUT_HALF, _MORE = range(3)


def change_mix(bench: Bench, steps: int = _STEPS) -> Iterator[Outcome]:
    """Train on nine in ten red, on half, on two in ten, and count the colours of what is made.

    Args:
        bench: whose seed starts the networks.
        steps: on each mix, a multiple of 125.
    """
    ended: list[MixState] = []
    for share in SHARES:
        training = MixTraining(share, bench.recipe.seed)
        state = training.state()
        while state.step < steps:
            yield _so_far([*ended, state], steps)
            state = training.train(_EVERY)
        ended.append(state)

    shares = [state.last.share for state in ended]
    half = shares[_HALF].value
    low, high = _AROUND_HALF
    yield Outcome(
        panes=tuple(map(_pane, ended)),
        values={
            "most": SHARES[0],
            "half": SHARES[1],
            "few": SHARES[2],
            "made_most": shares[0].value,
            "made_half": half,
            "made_few": shares[2].value,
            "early": ended[0].history[1].share.value,
            "look": LOOK,
            "step_count": steps,
        },
        tiny=True,
        answer=_LESS if half < low else _MORE if half > high else _ABOUT_HALF,
        table=(
            ("red in training", "made", "95 %", "neither"),
            *(
                (
                    f"{state.trained:.0%}",
                    f"{each.value:.0%}",
                    f"{each.low:.0%}–{each.high:.0%}",
                    f"{state.last.neither / len(state.samples):.0%}",
                )
                for state, each in zip(ended, shares, strict=True)
            ),
        ),
        curves=_curves(ended),
        x_label="training step",
        y_label="share of red",
    )


def _so_far(states: list[MixState], steps: int) -> Outcome:
    progress = sum(state.step for state in states), len(SHARES) * steps
    return Outcome(tuple(map(_pane, states)), progress=progress, curves=_curves(states), tiny=True)


def _pane(state: MixState) -> Pane:
    return Pane(f"of {state.trained:.0%} red", state.panes()[0].picture, f"made, {state.last.share.value:.0%} red")


def _curves(states: list[MixState]) -> tuple[Curve, ...]:
    return tuple(state.curves()[0] for state in states if state.curves())
