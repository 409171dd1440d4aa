"""Captions made of the same words in another order: can the text–image pair tell them apart?"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from tdiff.arrays import F32
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.rewording import bare, shortened
from tdiff.lessons.matching.matching_lab import COUNT, MatchingGame, RoundKind, Verdict
from tdiff.pipeline import Pipeline
from tdiff.prompt.understand import understand_words
from tdiff.views.figures import Pane

_ROUNDS = 10
_GUESSING, _NEARLY_ALL = 15, 36  # of 40; blind guessing gives 10, and hardly ever more than 15
_AS_GUESSED, _BETTER, _MOST = range(3)
_CAPTION = 32  # characters


def same_words(bench: Bench) -> Iterator[Outcome]:
    """Play ten rounds of twins, and show the picture whose caption lost by most."""
    game = MatchingGame(bench.pipeline, bench.recipe.seed, ("twins",))
    yield Outcome(game.round.panes(), progress=(0, _ROUNDS))
    verdicts: list[Verdict] = []
    while True:
        verdicts.append(game.check())
        if len(verdicts) == _ROUNDS:
            break
        yield Outcome(verdicts[-1].panes(), progress=(len(verdicts), _ROUNDS))
        game.next()

    verdict, picture = max(
        ((verdict, picture) for verdict in verdicts for picture in range(COUNT)), key=lambda case: _lead(*case)
    )
    captions, scores = verdict.round.captions, verdict.matrix.scores[:, picture]
    right, best = verdict.round.right[picture], verdict.matrix.best[picture]
    hits = game.score.pair
    yield Outcome(
        panes=(
            Pane("this picture", verdict.round.pictures[picture], shortened(captions[right], 60)),
            *(
                Pane(f"its twin {number}", other)
                for number, other in enumerate(np.delete(verdict.round.pictures, picture, axis=0), 1)
            ),
        ),
        values={
            "right": hits,
            "of": game.score.pictures,
            "chance": game.score.pictures / COUNT,
            "true": float(scores[right]),
            "chosen": float(scores[best]),
            "alike": float(np.mean([_alike(bench.pipeline, each.round.captions) for each in verdicts])),
            "scenes_alike": _scenes_alike(bench),
        },
        answer=_AS_GUESSED if hits <= _GUESSING else _MOST if hits >= _NEARLY_ALL else _BETTER,
        table=(
            ("✓ its own, › chosen by the pair", "score"),
            *(
                (f"{_mark(place, right, best)} {_named(captions[place])}", f"{scores[place]:.3f}")
                for place in _ordered(scores, right)
            ),
        ),
    )


def _lead(verdict: Verdict, picture: int) -> float:
    """By how much the caption that the pair chose leads over the right one; 0 where it chose that."""
    scores = verdict.matrix.scores[:, picture]
    return float(scores.max() - scores[verdict.round.right[picture]])


def _alike(pipeline: Pipeline, captions: tuple[str, ...]) -> float:
    """Mean cosine similarity of every two captions in the pair's space."""
    vectors = [pipeline.model.pair.text(understand_words(caption).ids) for caption in captions]
    return float(np.mean([first @ second for first, second in combinations(vectors, 2)]))


def _scenes_alike(bench: Bench) -> float:
    """The same for the captions of scenes that have nothing in common."""
    kinds: tuple[RoundKind, ...] = ("scenes",)
    game = MatchingGame(bench.pipeline, bench.recipe.seed, kinds)
    rounds = [game.round, *(game.next() for _ in range(_ROUNDS - 1))]
    return float(np.mean([_alike(bench.pipeline, each.captions) for each in rounds]))


def _ordered(scores: F32, right: int) -> list[int]:
    """The right caption, then the others from the best score down."""
    return [right, *(int(place) for place in np.argsort(-scores) if place != right)]


def _mark(place: int, right: int, best: int) -> str:
    return f"{'✓' if place == right else ' '}{'›' if place == best else ' '}"


def _named(caption: str) -> str:
    """A caption without articles, short enough for the table."""
    return shortened(bare(caption), _CAPTION)
