"""The noise-guess game, played by the model alone."""

from collections.abc import Iterator
from itertools import pairwise

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.training.guess_game_lab import CANDIDATES, GuessGame, GuessKind, Verdict
from tdiff.tinytrain import BAND_EDGES

_ROUNDS = 20
_KINDS: tuple[GuessKind, ...] = ("noise", "picture")
_CHANCE, _MOST = 8, 18  # right answers: guessing gives 5, and hardly ever more than 8
_AS_CHANCE, _BETTER, _NEARLY_ALL = range(3)


def guess_game(bench: Bench) -> Iterator[Outcome]:
    """Let the model play twenty rounds, noises and pictures by turns."""
    game = GuessGame(bench.pipeline, bench.recipe.seed)
    yield Outcome(game.draw.panes()[:4], progress=(0, _ROUNDS))

    verdicts: list[Verdict] = []
    while True:
        verdicts.append(game.answer(None))
        if len(verdicts) == _ROUNDS:
            break
        yield Outcome(verdicts[-1].panes(), progress=(len(verdicts), _ROUNDS))
        game.next()

    right = game.score.model
    missed = [verdict for verdict in verdicts if verdict.model != verdict.draw.right]
    shown = (missed or [verdict for verdict in verdicts if verdict.draw.kind == "picture"])[-1]
    yield Outcome(
        panes=shown.panes(),
        values={
            "right": right,
            "rounds": _ROUNDS,
            "chance": _ROUNDS / CANDIDATES,
            "noise": _right(verdicts, "noise"),
            "picture": _right(verdicts, "picture"),
            "each": _ROUNDS // 2,
            "shown": shown.draw.number,
        },
        answer=_AS_CHANCE if right <= _CHANCE else _NEARLY_ALL if right >= _MOST else _BETTER,
        table=(("noise level", "noises", "pictures"), *_rows(verdicts)),
    )


def _right(verdicts: list[Verdict], kind: GuessKind) -> int:
    return sum(verdict.model == verdict.draw.right for verdict in verdicts if verdict.draw.kind == kind)


def _rows(verdicts: list[Verdict]) -> Iterator[tuple[str, ...]]:
    """How many rounds of each kind the model got right, by noise level."""
    for low, high in pairwise(BAND_EDGES):
        inside = [verdict for verdict in verdicts if low <= verdict.draw.level.sigma < high]
        of = [sum(verdict.draw.kind == kind for verdict in inside) for kind in _KINDS]
        cells = [f"{_right(inside, kind)} of {all_}" if all_ else "–" for kind, all_ in zip(_KINDS, of, strict=True)]
        if inside:
            yield (f"{low:.0%} to {high:.0%}", *cells)
