"""Four pictures and four captions, matched by the text–image pair; then a picture that was made just now."""

from collections.abc import Iterator

import numpy as np

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.rewording import heard
from tdiff.lessons.core.together import steered
from tdiff.lessons.matching.matching_lab import COUNT, MatchingGame
from tdiff.lessons.matching.matrix import matrix
from tdiff.pipeline import to_pixels
from tdiff.views.figures import Pane

_ROUNDS = 10
_HALF, _NEARLY_ALL = 20, 36  # of 40
_FEW, _MANY, _MOST = range(3)


def match_four(bench: Bench) -> Iterator[Outcome]:
    """Play ten rounds of unrelated scenes, then compare three of them with the bench's own picture."""
    recipe = steered(bench, prompt=heard(bench.recipe.prompt))
    game = MatchingGame(bench.pipeline, bench.recipe.seed, ("scenes",))
    total = _ROUNDS + recipe.steps
    yield Outcome(game.round.panes(), progress=(0, total))
    for done in range(1, _ROUNDS + 1):
        verdict = game.check()
        yield Outcome(verdict.panes(), progress=(done, total))
        game.next()

    trace = bench.pipeline.trace(recipe)
    for step in trace.play():
        made = Pane("made just now", to_pixels(step.x_next[0]))
        yield Outcome((made,), progress=(_ROUNDS + step.index + 1, total))

    scenes = verdict.round.pictures[: COUNT - 1]
    captions = [verdict.round.captions[place] for place in verdict.round.right[: COUNT - 1]]
    pictures = np.concatenate([scenes, to_pixels(trace.final)])
    compared = matrix(bench.pipeline, [*captions, recipe.prompt], pictures)
    own = float(compared.scores[-1, -1])
    right, of = game.score.pair, game.score.pictures
    yield Outcome(
        panes=(
            *(Pane(f"picture {number}", picture, "a real scene") for number, picture in enumerate(scenes, 1)),
            Pane(f"picture {COUNT}", pictures[-1], "made just now"),
        ),
        values={
            "right": right,
            "of": of,
            "chance": of / COUNT,
            "own": own,
            "foreign": float(compared.scores[:-1, -1].mean()),
        },
        steps=recipe.steps,
        answer=_FEW if right <= _HALF else _MOST if right >= _NEARLY_ALL else _MANY,
        table=compared.table(),
    )
