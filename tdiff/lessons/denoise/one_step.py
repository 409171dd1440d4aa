"""One step: how much of the noise does it take out?"""

from collections.abc import Iterator

from tdiff.diffusion import time_grid
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import start_of
from tdiff.pipeline import to_pixels
from tdiff.recipe import STEPS_RANGE
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_LITTLE, _MUCH = 0.25, 0.75  # shares of the noise that the options speak of


def one_step(bench: Bench) -> Iterator[Outcome]:
    """Take the first step of the bench's recipe and compare the noise levels before and after."""
    recipe = bench.plain(most=STEPS_RANGE[1])  # one step costs the same, however many there are
    trace = bench.pipeline.trace(recipe)
    now = Pane("now", to_pixels(start_of(trace.run)[0]))
    yield Outcome((now,), progress=(0, 1))

    step = next(trace.play())
    before, after = step.noise_level, step.next_sigma
    taken = (before - after) / before
    levels = [level.sigma for level in time_grid(recipe.steps)]
    yield Outcome(
        panes=(
            Pane("now", to_pixels(step.x_t[0]), f"noise {before:.1%}"),
            Pane("noise the model sees", to_pixels(step.eps[0])),
            Pane("clean guess", to_pixels(step.x0[0])),
            Pane("after one step", to_pixels(step.x_next[0]), f"noise {after:.1%}"),
        ),
        values={
            "before": before,
            "after": after,
            "taken": taken,
            "steps": recipe.steps,
            "half": next(number for number, level in enumerate(levels) if level < before / 2),
        },
        answer=0 if taken < _LITTLE else 1 if taken <= _MUCH else 2,
        curves=(Curve("noise level", tuple(map(float, range(len(levels)))), tuple(100 * level for level in levels)),),
        x_label="steps taken",
        y_label="noise level, %",
    )
