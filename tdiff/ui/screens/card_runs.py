"""Running a card's experiment beside the bench, and looking at what it has found."""

from collections.abc import Generator
from dataclasses import replace

from textual import on, work
from textual.message import Message
from textual.worker import get_current_worker

from tdiff.errors import TdiffError
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.card import Card
from tdiff.lessons.core.finding import find_experiment
from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.outcome import Outcome
from tdiff.recipe import Recipe
from tdiff.render.palette import Depth
from tdiff.ui.messages import WorkFailed
from tdiff.ui.screens.stage_hands import StageHands
from tdiff.views.session import Session


class OutcomeCame(Message):
    """An experiment has come this far."""

    def __init__(self, card: str, recipe: Recipe, outcome: Outcome) -> None:
        super().__init__()
        self.card, self.recipe, self.outcome = card, recipe, outcome

    def can_replace(self, message: Message) -> bool:
        """Only its newest state is worth drawing."""
        return isinstance(message, OutcomeCame) and message.card == self.card


class CardRuns(StageHands):
    """A bench whose open card may have an experiment. See `BenchScreen` for the arguments."""

    def __init__(self, number: int, session: Session, depth: Depth) -> None:
        super().__init__(number, session, depth)
        self._place = 0
        self._chosen: dict[int, int] = {}
        """Answers given, by place."""
        self._outcomes: dict[str, tuple[Recipe, Outcome]] = {}
        self._busy: str | None = None
        self._looking_at_outcome = False

    @property
    def card(self) -> Card | None:
        """The card that is open."""
        raise NotImplementedError

    def graded(self, card: Card, chosen: int, right: int) -> None:
        """A run has said what the answer is."""
        raise NotImplementedError

    @property
    def outcome(self) -> Outcome | None:
        """What the open card's experiment has found."""
        card = self.card
        return self._outcomes[card.id][1] if card is not None and card.id in self._outcomes else None

    def _given(self, card: Card) -> LabContext:
        """What the stage begins with: also what the experiment has found."""
        outcome, given = self.outcome, super()._given(card)
        return given if outcome is None or not outcome.done else replace(given, found=outcome.values)

    def give_up_run(self) -> None:
        """End the experiment under way, and forget what it has found so far."""
        if self._busy is not None:
            self.workers.cancel_group(self, "experiment")
            self._outcomes.pop(self._busy, None)
            self._busy = None

    def _run_if_due(self) -> None:
        """Run the card's experiment once its question is answered, or at once where it has none."""
        card = self.card
        if card is None or card.experiment is None or self.app.pipeline is None or self._busy == card.id:
            return
        if card.question is not None and self._place not in self._chosen:
            return
        kept = self._outcomes.get(card.id)
        if kept is not None and kept[1].done and kept[0] == self.session.recipe:
            return
        self._run(card)

    def action_again(self) -> None:
        """Run the card's experiment again, with what is on the bench now."""
        card = self.card
        if self._closed_first("runs"):
            return
        if card is None or card.experiment is None:
            self.notice("this card has no experiment")
        elif card.question is not None and self._place not in self._chosen:
            self.notice("answer first: the run decides")
        elif self.app.pipeline is not None:
            self._run(card)
            self.draw()

    def _run(self, card: Card) -> None:
        self._busy = card.id
        self.player.stop()
        self._experiment(card, Bench(self.app.pipeline, self.session.recipe))

    @work(thread=True, exclusive=True, group="experiment")
    def _experiment(self, card: Card, bench: Bench) -> None:
        worker = get_current_worker()
        states: Generator[Outcome] = find_experiment(card.experiment)(bench)
        try:
            for outcome in states:
                if worker.is_cancelled:
                    return
                self.post_message(OutcomeCame(card.id, bench.recipe, outcome))
        except TdiffError as error:
            self.post_message(WorkFailed(str(error)))
        finally:
            states.close()

    @on(OutcomeCame)
    def _outcome_came(self, event: OutcomeCame) -> None:
        if event.card != self._busy:
            return  # of a run that was given up
        self._outcomes[event.card] = (event.recipe, event.outcome)
        card = self.card
        if card is None or card.id != event.card:
            return
        self._looking_at_outcome = True
        if event.outcome.done:
            self._busy = None
            chosen = self._chosen.get(self._place)
            if chosen is not None and event.outcome.answer is not None:
                self.graded(card, chosen, event.outcome.answer)
        self.draw_soon()
