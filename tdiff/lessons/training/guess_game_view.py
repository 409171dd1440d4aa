"""The noise-guess game: you against the model, on the same draws."""

from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import LabView, as_figures
from tdiff.lessons.training.guess_game_lab import GuessGame, Verdict
from tdiff.views.figures import Figure
from tdiff.views.places import Places


class GuessGameView(LabView):
    """Round after round.

    Args:
        context: whose model is the other player.
    """

    title = "Hands on: guess the noise"
    keys = (
        ("tab", "mixture, candidates"),
        ("a–d", "answer"),
        ("enter", "next round"),
        ("l", "closes"),
    )

    def __init__(self, context: LabContext) -> None:
        self._game = GuessGame(context.bench.pipeline)
        self._verdict: Verdict | None = None

    def resume(self, earlier: LabView) -> None:
        if isinstance(earlier, GuessGameView):
            self._game, self._verdict = earlier._game, earlier._verdict

    def figures(self) -> tuple[Figure, ...]:
        """The mixture and its candidates, or how it ended."""
        return as_figures((self._verdict or self._game.draw).panes())

    def gathered(self) -> tuple[slice, str] | None:
        """The four to choose from; once the round is closed, how it ended."""
        return super().gathered() if self._verdict is not None else (slice(1, None), "the four")

    def places(self) -> Places:
        """Nothing to move along."""
        return 0, 0, 0, None, ()

    def text(self) -> str:
        """What is in front of you."""
        draw = self._game.draw
        return f"The mixture is {draw.level.sigma:.0%} noise. You and the model see the same, and neither the caption."

    def question(self) -> tuple[str, tuple[str, ...], int | None, int | None]:
        """Which candidate is in the mixture."""
        draw, verdict = self._game.draw, self._verdict
        return draw.question, draw.names, verdict.choice if verdict else None, draw.right if verdict else None

    def table(self) -> tuple[tuple[str, ...], ...]:
        score = self._game.score
        return (
            ("", "right", "of"),
            ("you", str(score.you), str(score.answered)),
            ("the model", str(score.model), str(score.rounds)),
        )

    def answer(self, index: int) -> None:
        if self._verdict is None and index < len(self._game.draw.candidates):
            self._verdict = self._game.answer(index)

    def go_on(self) -> None:
        """The next round; one that was not answered goes to the model alone."""
        if self._verdict is None:
            self._game.answer(None)
        self._verdict = None
        self._game.next()

    def reseed(self) -> None:
        self.go_on()
