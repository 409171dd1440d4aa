"""The noise-guess game, played by the model alone."""

from collections.abc import Iterator

from tdiff.lessons.bench import Bench
from tdiff.lessons.card import LETTERS
from tdiff.lessons.outcome import Outcome
from tdiff.lessons.stages.guess_game import CANDIDATES, GuessGame, Kind, Verdict

_ROUNDS = 20
_CHANCE, _MOST = 8, 18  # right answers: guessing gives 5, and hardly ever more than 8
_AS_CHANCE, _BETTER, _NEARLY_ALL = range(3)


def guess_game(bench: Bench) -> Iterator[Outcome]:
    """Let the model play twenty rounds, noises and pictures by turns."""
    game = GuessGame(bench.pipeline, bench.recipe.seed)
    yield Outcome(game.draw.panes()[:4], {"step": 0, "steps": _ROUNDS}, done=False)

    verdicts: list[Verdict] = []
    while True:
        verdicts.append(game.answer(None))
        if len(verdicts) == _ROUNDS:
            break
        yield Outcome(verdicts[-1].panes(), {"step": len(verdicts), "steps": _ROUNDS}, done=False)
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
        table=(("round", "level", "of four", "right", "model"), *map(_row, verdicts)),
    )


def _right(verdicts: list[Verdict], kind: Kind) -> int:
    return sum(verdict.model == verdict.draw.right for verdict in verdicts if verdict.draw.kind == kind)


def _row(verdict: Verdict) -> tuple[str, ...]:
    draw = verdict.draw
    return (str(draw.number), f"{draw.level.sigma:.0%}", f"{draw.kind}s", LETTERS[draw.right], LETTERS[verdict.model])
