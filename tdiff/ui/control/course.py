"""A lesson beside the bench: its cards, their experiments and labs, the quiz. Knows no widget."""

from collections.abc import Hashable
from dataclasses import replace
from functools import partial
from typing import Final

from tdiff.errors import TdiffError
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.card import LETTERS, Card
from tdiff.lessons.core.finding import open_lab
from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import LabView
from tdiff.lessons.core.loader import load_lesson
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.outcome_view import OutcomeView
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.prompt.understand import TextRole
from tdiff.ui.control.controller import Controller
from tdiff.ui.control.experiments import Experiments, Laboratory
from tdiff.ui.control.lesson_pages import card_page, closing_page, quiz_page
from tdiff.ui.control.notebook import Notebook
from tdiff.ui.control.port import Command
from tdiff.views.page import Link, Page
from tdiff.views.view import Made, View

_BY_HAND: Final = "l: try it by hand"


class Course:
    """One lesson.

    Args:
        number: 1 … 4.
        controller: of the bench beside it.
        laboratory: where the experiments of the cards run.
    """

    def __init__(self, number: int, controller: Controller, laboratory: Laboratory) -> None:
        self._controller = controller
        self._lesson = load_lesson(number)
        self.notebook = Notebook(self._lesson, controller.say)
        self.experiments = Experiments(laboratory)
        self.lab: LabView | None = None
        """What is tried by hand, while it is open."""
        self._labs: dict[str, LabView] = {}
        self._looking = False
        """Whether what was found has the canvases, unless a lab has them."""
        self.commands: dict[str, Command] = {
            "card_back": partial(self._turn, -1),
            "card_next": partial(self._turn, 1),
            "lab": self._open_or_close_lab,
            "leave": self._leave,
            "again": self._again,
            "seed": self._reseed,
            **{f"answer_{letter}": partial(self._answer, index) for index, letter in enumerate(LETTERS)},
        }

    @property
    def card(self) -> Card | None:
        """The card that is open; None in the quiz and at the end."""
        cards, at = self._lesson.cards, self.notebook.at
        return cards[at] if at < len(cards) else None

    @property
    def outcome(self) -> Outcome | None:
        """What the open card's experiment has found."""
        return None if self.card is None else self.experiments.found(self.card)

    @property
    def place(self) -> str:
        """Which card of how many."""
        return f"{self.notebook.at + 1}/{self.notebook.pages}"

    # What the bench asks

    def home(self) -> View:
        """What was found for the card, or the run."""
        outcome, run = self.outcome, self._controller.run
        return OutcomeView(run, outcome) if self._looking and outcome is not None else run

    def closed(self) -> None:
        """The run is what is wanted now."""
        self._looking = False
        self.lab = None

    def loaded(self) -> None:
        """Run what waited for the model."""
        self._run_if_due()

    def typed(self, role: TextRole, text: str) -> None:
        """Lessons wait for the whole text."""

    def untyped(self) -> None:
        """Nothing was begun."""

    def keep(self, made: tuple[Made, ...]) -> None:
        """Lessons keep no pictures."""

    def page(self, plotted: bool) -> Page:
        """The card, a question of the quiz, or the end."""
        at, pages, chosen = self.notebook.at, self.notebook.pages, self.notebook.chosen.get(self.notebook.at)
        if self.card is not None:
            page = self._card_page(self.card, chosen, plotted)
        elif at < pages - 1:
            page = quiz_page(self._lesson.quiz, at - len(self._lesson.cards), chosen)
        else:
            page = closing_page(self._lesson, self.notebook.progress)
        return replace(page, back=at > 0, forward=at < pages - 1)

    def _card_page(self, card: Card, chosen: int | None, plotted: bool) -> Page:
        busy, loading = self.experiments.runs(card), self.experiments.pipeline is None
        page = card_page(card, chosen, self.outcome, busy, loading, plotted)
        if card.lab is None:
            return page
        result = f"{page.result}\n\n{_BY_HAND}" if page.result else ""
        asking = f"press a letter; {_BY_HAND} first"
        return replace(page, asking=asking, result=result, links=(Link("l", "hands on", "lab"),))

    # Cards

    def _turn(self, by: int) -> None:
        place = min(max(self.notebook.at + by, 0), self.notebook.pages - 1)
        if place == self.notebook.at:
            end = "this is the end; a digit opens another lesson"
            self._controller.say("this is the first card" if by < 0 else end)
        else:
            self.notebook.at = place
            self.open_card()

    def open_card(self) -> None:
        """Show the card, and run its experiment if nothing else has to come first."""
        self.experiments.give_up()
        self.lab = None
        self._looking = self.outcome is not None
        self.notebook.opened(self.card)
        self._controller.back()
        self._run_if_due()

    def answer_anew(self) -> None:
        """Forget the answers given in this lesson, and begin at its first card."""
        self.experiments.clear()
        self.notebook.clear()
        self.open_card()
        self._controller.say("all questions of this lesson are open again")

    def _answer(self, index: int) -> None:
        """Answer the question of the lab, of the card or of the quiz."""
        options = self.notebook.options
        if self.lab is not None:
            self._controller.do(partial(self.lab.answer, index))
        elif not options:
            self._controller.say("this card asks nothing; ] turns it")
        elif self.notebook.at in self.notebook.chosen:
            self._controller.say("this is answered; “answer anew” in the palette, :, opens all questions again")
        elif index >= len(options):
            self._controller.say(f"choose a letter from a to {LETTERS[len(options) - 1]}")
        else:
            self.notebook.choose(index)
            self._run_if_due()
            self._controller.attend()

    # Experiments

    def _run_if_due(self) -> None:
        """Run the card's experiment once its question is answered, or at once where it has none."""
        card, recipe = self.card, self._controller.run.recipe
        fresh = self.outcome is None and self._controller.run.bound < 0
        if card is not None and card.shows_start and self._is_open(card) and fresh:
            self.experiments.show_start(card, recipe)
        due = card is not None and not self._is_open(card) and not self.experiments.runs(card)
        if card is not None and due and not self.experiments.is_done(card, recipe):
            self._run(card)

    def _is_open(self, card: Card) -> bool:
        """Whether its question waits for an answer."""
        return card.question is not None and self.notebook.at not in self.notebook.chosen

    def _again(self) -> None:
        """Run the card's experiment again, with what is on the bench now."""
        card = self.card
        if card is None or card.experiment is None:
            self._controller.say("this card has no experiment")
        elif self._is_open(card):
            self._controller.say("answer first: the run decides")
        else:
            self._run(card)

    def _reseed(self) -> None:
        """Another seed; while what was found is looked at, the experiment runs again with it."""
        looking = self._looking and self.lab is None
        self._controller.settings.reseed()
        card, seed = self.card, self._controller.run.recipe.seed
        if self.lab is not None or card is None or card.experiment is None:
            return
        if looking and self._is_open(card):
            self.experiments.show_start(card, self._controller.run.recipe)
            self._controller.say(f"seed {seed}: the run takes it once you have answered")
        elif looking:
            self._controller.say(f"seed {seed}: the experiment runs again")
            self._run(card)
        elif self.outcome is not None:
            self._controller.say(f"seed {seed}: k runs the card's experiment with it, enter makes the picture")
        elif self._is_open(card):
            self._controller.say(f"seed {seed}: the run takes it once you have answered")

    def _run(self, card: Card) -> None:
        run = self._controller.run
        if self.experiments.run(card, run.recipe):
            run.rest()
            self._controller.attend()

    def came(self, wish: Hashable, outcome: object) -> None:
        """An experiment has come this far."""
        name, card = self.experiments.came(wish, outcome), self.card
        found = self.outcome
        if name is None or card is None or card.id != name or found is None:
            return
        if not found.begun and self._is_open(card) and self._controller.run.bound >= 0:
            return  # meanwhile the learner has begun the run, and watches it
        self._looking = True
        if found.done:
            self.notebook.graded(card, found.answer)
        if self.lab is None:
            self._controller.show(self.home(), soon=True)

    # Labs

    def _open_or_close_lab(self) -> None:
        card, pipeline = self.card, self.experiments.pipeline
        if self.lab is not None:
            self._leave()
        elif card is None or card.lab is None:
            self._controller.say("this card has nothing to try by hand")
        elif pipeline is None:
            self._controller.say("the model is being loaded …")
        else:
            self._open_lab(card, card.lab, pipeline)

    def _open_lab(self, card: Card, name: str, pipeline: Pipeline) -> None:
        try:
            lab = open_lab(name, self._context(card, pipeline))
        except TdiffError as error:
            self._controller.say(str(error), trouble=True)
            return
        if card.id in self._labs:
            lab.resume(self._labs[card.id])
        self.lab = self._labs[card.id] = lab
        self._controller.lend(lab)

    def _leave(self) -> None:
        if self.lab is not None:
            self.lab = None
            self._controller.back()

    def _context(self, card: Card, pipeline: Pipeline) -> LabContext:
        """What the lab begins with."""
        session, outcome = self._controller.run.session, self.outcome
        finished = session.trace is not None and session.trace.finished
        return LabContext(
            bench=Bench(pipeline, session.recipe),
            start=card.lab_start,
            made=to_pixels(session.trace.final[0]) if session.trace is not None and finished else None,
            brought=None if session.picture is None else to_pixels(session.picture),
            found=outcome.values if outcome is not None and outcome.done else {},
        )
