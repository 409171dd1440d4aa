"""Where a word works: leaving it out against looking where the network looks."""

from collections.abc import Iterator

import numpy as np

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import start_of
from tdiff.lessons.core.rewording import heard
from tdiff.lessons.core.together import steered
from tdiff.lessons.words.words_lab import Words
from tdiff.pipeline import to_pixels
from tdiff.views.figures import Pane

_SHARE = 0.3  # of the steps: by then the layout is there, and the detail is not
_AGREE = 0.5  # a correlation from which on two maps light up in the same places
_ALL, _SOME, _NONE = range(3)


def word_maps(bench: Bench) -> Iterator[Outcome]:
    """Ask about every word at one step, and correlate the two maps of each."""
    recipe = steered(bench, prompt=heard(bench.recipe.prompt))
    at = round(_SHARE * recipe.steps)
    words = Words(bench.pipeline, recipe)
    start = start_of(bench.pipeline.run(recipe))
    yield Outcome((Pane("starting noise", to_pixels(start[0])),), progress=(0, at + 1))
    for step in range(at):
        state = words.at(step)
        yield Outcome(state.panes(), progress=(step + 1, at + 1))

    state = words.at(at)
    agreements = [each.agreement for each in state.maps]
    best, worst = state.maps[int(np.argmax(agreements))], state.maps[int(np.argmin(agreements))]
    agree = sum(agreement >= _AGREE for agreement in agreements)
    most = max(state.maps, key=lambda each: each.effect)
    yield Outcome(
        panes=(*best.panes(), *worst.panes()),
        values={
            "agree": agree,
            "of": len(agreements),
            "best": best.name,
            "best_agreement": best.agreement,
            "worst": worst.name,
            "worst_agreement": worst.agreement,
            "most": most.name,
            "effect": most.effect,
            "level": state.noise_level,
        },
        steps=recipe.steps,
        answer=_NONE if agree == 0 else _ALL if agree == len(agreements) else _SOME,
        table=state.table(),
    )
