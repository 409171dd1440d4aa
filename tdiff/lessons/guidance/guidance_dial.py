"""Turning w at a fixed step: how many predictions does it take?"""

from collections.abc import Iterator

import numpy as np

from tdiff.defaults import GUIDANCE
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import start_of
from tdiff.lessons.core.rewording import heard
from tdiff.lessons.core.together import steered
from tdiff.lessons.guidance.guidance_lab import GuidanceDial
from tdiff.pipeline import options_of, to_pixels
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_SHARE = 0.25  # of the steps: the clean guess has a layout, and guidance still has much to say
_ROUNDING = 1e-5  # of a clean guess: less is that of its numbers
_POSITIONS = tuple(float(w) for w in range(-2, 16))
_NEVER, _ONCE_EACH, _TWICE_EACH = range(3)


def guidance_dial(bench: Bench) -> Iterator[Outcome]:
    """Take some steps, turn w through its range, and run the whole again without guidance and with."""
    recipe = steered(bench, prompt=heard(bench.recipe.prompt))
    at = round(_SHARE * recipe.steps)
    total = at + 1 + 2 * recipe.steps
    dial = GuidanceDial(bench.pipeline, recipe)
    start = start_of(bench.pipeline.run(recipe))
    yield Outcome((Pane("starting noise", to_pixels(start[0])),), progress=(0, total))
    for step in range(at + 1):
        state = dial.at(step, recipe.guidance)
        yield Outcome(state.panes(), progress=(step + 1, total))

    before = dial.predictions
    turned = [dial.at(at, w) for w in _POSITIONS]
    asked = dial.predictions - before
    costs: list[int] = []
    for w in (1.0, recipe.guidance):
        so_far = dial.predictions
        for taken in dial.again(w).play():
            step = at + 1 + len(costs) * recipe.steps + taken.index + 1
            now = Pane(f"whole run, w = {w:g}", to_pixels(taken.x_next[0]))
            yield Outcome((*state.panes()[:3], now), progress=(step, total))
        costs.append(dial.predictions - so_far)

    away = [float(np.abs(each.guided.x0 - each.unconditional.x0).mean()) for each in turned]
    off = _off_the_line(away)
    yield Outcome(
        panes=state.panes(),
        values={
            "asked": asked,
            "positions": len(_POSITIONS),
            "apart": state.apart(),
            "off": off,
            "bend": "nothing that can be measured" if off < _ROUNDING else f"{off:.6f}",
            "guidance": recipe.guidance,
            "default": GUIDANCE,
            "since": options_of(recipe).guided_from + 1,
            "level": state.noise_level,
            "plain": costs[0],
            "guided": costs[1],
            "steps": recipe.steps,
        },
        steps=recipe.steps,
        answer=_NEVER if asked == 0 else _ONCE_EACH if asked <= len(_POSITIONS) else _TWICE_EACH,
        table=(
            ("a whole run", "predictions"),
            ("w = 1, plain", str(costs[0])),
            (f"w = {recipe.guidance:g}, guided", str(costs[1])),
        ),
        curves=(Curve("clean guess moved by", _POSITIONS, tuple(away)),),
        x_label="guidance w",
        y_label="mean difference from w = 0",
    )


def _off_the_line(away: list[float]) -> float:
    """Largest distance of what was measured from |w| times what it is at w = 1."""
    unit = away[_POSITIONS.index(1.0)]
    return max(abs(moved - abs(w) * unit) for w, moved in zip(_POSITIONS, away, strict=True))
