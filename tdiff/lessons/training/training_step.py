"""One training step in slow motion."""

from collections.abc import Iterator

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.training.slow_step_lab import SlowStep
from tdiff.pipeline import to_pixels
from tdiff.views.figures import Pane

_WARM = 40  # steps before: a network that is neither new nor finished
_EVERY = 20
_GONE, _SMALLER, _NOT_SMALLER = range(3)
_HARDLY_LEFT, _HARDLY_LESS = 0.1, 0.99  # shares of the error before the nudge


def training_step(bench: Bench) -> Iterator[Outcome]:
    """Show what the shipped model is asked and how wrong it is, then the nudge on the tiny network."""
    slow = SlowStep(bench.pipeline, bench.recipe.seed)
    drawn = slow.draw()
    picture = Pane("picture", to_pixels(drawn.picture))
    mixture = Pane("mixture", to_pixels(drawn.mixture), f"noise level {drawn.level.sigma:.0%}")
    steps = _WARM // _EVERY + 2
    yield Outcome((picture, mixture), progress=(0, steps))

    shipped = slow.ask(drawn)
    yield Outcome((picture, mixture), progress=(1, steps))
    for done in range(_WARM // _EVERY):
        slow.warm_up(_EVERY)
        yield Outcome((picture, mixture), progress=(2 + done, steps))

    state = slow.nudge(shipped)
    before, after = state.tiny.squared_error, state.tiny.squared_error_after
    yield Outcome(
        panes=state.panes(),
        values={
            "told": shipped.told,
            "level": drawn.level.sigma,
            "error": shipped.error,
            "tiny": state.tiny_name,
            "before": before,
            "after": after,
            "step": slow.tiny_steps,
        },
        answer=_answer(before, after),
        table=(
            ("", "our model", "tiny"),
            ("level", f"{drawn.level.sigma:.0%}", f"{state.tiny.level:.0%}"),
            ("squared error", f"{shipped.error:.4f}", f"{before:.4f}"),
            ("gradient", "not in numpy", f"{state.tiny.gradient_norm:.3f}"),
            ("nudge", "not in numpy", f"{state.tiny.update_norm:.3f}"),
            ("error after", "", f"{after:.4f}"),
        ),
    )


def _answer(before: float, after: float) -> int:
    if after <= _HARDLY_LEFT * before:
        return _GONE
    return _SMALLER if after <= _HARDLY_LESS * before else _NOT_SMALLER
