"""A lesson: cards beside the bench, questions that the run answers, a quiz at the end."""

from dataclasses import replace

from textual.binding import Binding

from tdiff.errors import TdiffError
from tdiff.lessons.core.card import LETTERS, Card, Lesson
from tdiff.lessons.core.loader import load_lesson
from tdiff.render.palette import Depth
from tdiff.store.progress import Progress, load_progress, quiz_id, save_progress
from tdiff.ui.keymap import BENCH_KEYS, LESSON_KEYS, STUDIO_KEYS, bindings
from tdiff.ui.lesson_pages import card_page, closing_page, quiz_page, stage_page
from tdiff.ui.screens.card_runs import CardRuns
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.guide import Guide
from tdiff.ui.widgets.lesson_bar import LessonBar
from tdiff.views.curve import Curve
from tdiff.views.figures import Figure, with_overview
from tdiff.views.page import Page
from tdiff.views.places import Places
from tdiff.views.session import Session
from tdiff.views.shown_command import ShownCommand

_BY_HAND = "l: try it by hand"
_ROOMY = 72  # columns


class LessonScreen(CardRuns):
    """One lesson.

    Args:
        number: 1 … 4.
        session: of its bench.
        depth: colour depth of the terminal.
    """

    BINDINGS = [
        *bindings(BENCH_KEYS, LESSON_KEYS, elsewhere=STUDIO_KEYS),
        Binding("escape", "leave_stage", show=False),
    ]

    def __init__(self, number: int, session: Session, depth: Depth) -> None:
        super().__init__(number, session, depth)
        self.lesson: Lesson = load_lesson(number)
        self.progress, self._trouble = load_progress()
        self._place = min(self.progress.place(number), self._pages - 1)
        answers = self.progress.answers
        self._chosen |= {place: answers[name].choice for place, name in enumerate(self._names()) if name in answers}
        self._welcome = ""

    async def on_mount(self) -> None:
        """Show the card where the learner was."""
        first = not self.progress.seen
        await super().on_mount()
        self._open_card()
        if self._trouble:
            self.notice(self._trouble, trouble=True)
        elif first:
            more = "space takes one step · ] turns the card · " if self.size.width >= _ROOMY else ""
            self._welcome = f"{more}? shows every key"
            self._greet()

    @property
    def _pages(self) -> int:
        return len(self.lesson.cards) + len(self.lesson.quiz) + 1

    def _names(self) -> list[str]:
        """What answers are kept under, by place."""
        quiz = (quiz_id(self.number, number) for number in range(len(self.lesson.quiz)))
        return [*(card.id for card in self.lesson.cards), *quiz]

    @property
    def card(self) -> Card | None:
        """The card that is open; None in the quiz."""
        return self.lesson.cards[self._place] if self._place < len(self.lesson.cards) else None

    # What is shown

    def figures(self) -> tuple[Figure, ...]:
        """The experiment's pictures, or the bench's."""
        if self.stage is not None:
            figures = self.stage.figures()
            return with_overview(figures, *self.stage.gathered()) if self._plan.shown == 1 else figures
        outcome = self.outcome
        if self._looking_at_outcome and outcome is not None and outcome.panes:
            figures = tuple(Figure(pane.title, pane.picture, pane.note) for pane in outcome.panes)
            return with_overview(figures) if self._plan.shown == 1 else figures
        return super().figures()

    def curves(self) -> tuple[tuple[Curve, ...], str, str, float | None]:
        """The experiment's curves, or the noise level."""
        if self.stage is not None:
            curves, x_label, y_label = self.stage.curves()
            if curves:
                return curves, x_label, y_label, self.stage.on_curves()
        outcome = self.outcome
        if self._looking_at_outcome and outcome is not None and outcome.curves:
            return outcome.curves, outcome.x_label, outcome.y_label, None
        return super().curves()

    def draw(self) -> None:
        """Show bench and guide."""
        super().draw()
        self.query_one(Guide).show(self._page())
        bar = self.query_one(LessonBar)
        bar.place = f"{min(self._place + 1, self._pages)}/{self._pages}"

    def caption(self) -> str:
        """Whose pictures these are: some experiments train networks of their own."""
        outcome = self.outcome
        if self.stage is None and self._looking_at_outcome and outcome is not None and outcome.tiny:
            return "numpy · tiny networks that this program trained for the card · measured"
        if self.stage is None and self._looking_at_outcome and outcome is not None and outcome.steps is not None:
            return f"{super().caption()} · runs of {outcome.steps} steps"
        return super().caption()

    def twin(self) -> ShownCommand:
        """The command for what is shown; the pictures of an experiment have none."""
        outcome = self.outcome
        if self.stage is None and self._looking_at_outcome and outcome is not None and outcome.panes:
            return ShownCommand(said="no one command makes these pictures; k makes them again")
        return super().twin()

    def places(self) -> Places:
        """The stage's places, or the run's."""
        return self.stage.places() if self.stage is not None else super().places()

    @property
    def scrubber_words(self) -> tuple[str, str]:
        """The stage's, or the run's."""
        return self.stage.scrubber_words if self.stage is not None else super().scrubber_words

    @property
    def started(self) -> bool:
        """Whether there is anything to move along."""
        return self.stage is not None or super().started

    def aim(self, place: int) -> None:
        """Move on the stage or on the bench; the experiment's pictures give way."""
        if self.stage is not None:
            self.stage.move(place)
            self._goal = self.stage.places()[2]
            self.attend()
            return
        self._looking_at_outcome = False
        super().aim(place)

    def pipeline_loaded(self) -> None:
        """The model is there: run what waited for it."""
        super().pipeline_loaded()
        self._greet()
        self._run_if_due()

    def _greet(self) -> None:
        """The first time, say which keys there are, once they do something."""
        if self._welcome and self.app.pipeline is not None:
            self.notice(self._welcome)
            self._welcome = ""

    def action_next_form(self) -> None:
        """Another form of the prediction; on the bench, whose canvases come back for it."""
        if self.stage is None and self.started and self._looking_at_outcome:
            self._looking_at_outcome = False
        super().action_next_form()

    # Cards

    def action_card_back(self) -> None:
        """Open the card before."""
        self._turn_card(-1)

    def action_card_next(self) -> None:
        """Open the next card."""
        self._turn_card(1)

    def _turn_card(self, by: int) -> None:
        place = min(max(self._place + by, 0), self._pages - 1)
        if place == self._place:
            self.notice("this is the first card" if by < 0 else "this is the end; a digit opens another lesson")
            return
        self._place = place
        self.close_stage()
        self.notice("")
        self._open_card()

    def action_answer(self, index: int) -> None:
        """Answer the question of the card, of the quiz or of the stage."""
        if self.stage is not None:
            self._answer_stage(index)
            return
        options = self._options()
        if index >= len(options) > 0 and self._place not in self._chosen:
            self.notice(f"choose a letter from a to {LETTERS[len(options) - 1]}")
        if index >= len(options) or self._place in self._chosen:
            if not options:
                self.notice("this card asks nothing; ] turns it")
            elif self._place in self._chosen:
                self.notice("this is answered; “answer anew” in the palette, :, opens all questions again")
            return
        self._chosen[self._place] = index
        self.notice("")
        card = self.card
        if card is None:
            self._grade_quiz(index)
        else:
            self._run_if_due()
        self.draw()

    def _answer_stage(self, index: int) -> None:
        try:
            self.stage.answer(index)
        except TdiffError as error:
            self.notice(str(error), trouble=True)
            return
        self.notice("")
        self.attend()

    def answer_anew(self) -> None:
        """Forget the answers given in this lesson, and begin at its first card."""
        self._chosen.clear()
        self._outcomes.clear()
        self._keep(self.progress.without(self._names()))
        self._place = 0
        self.close_stage()
        self._open_card()
        self.notice("all questions of this lesson are open again")

    def action_next_lesson(self) -> None:
        """Go on to the next lesson."""
        self.app.action_lesson(self.number + 1)

    def _open_card(self) -> None:
        card = self.card
        self.give_up_run()
        self._looking_at_outcome = self.outcome is not None
        self.query_one(Canvases).bring(0)
        if card is not None:
            self._keep(self.progress.seen_card(self.number, card.id, self._place))
            self._run_if_due()
        else:
            self._keep(self.progress.at(self.number, self._place))
        self.draw()

    def _options(self) -> tuple[str, ...]:
        if self.card is not None:
            return self.card.question.options if self.card.question is not None else ()
        item = self._place - len(self.lesson.cards)
        return self.lesson.quiz[item].options if item < len(self.lesson.quiz) else ()

    def action_new_seed(self) -> None:
        """Another seed; while the card's experiment is looked at, it runs again with it."""
        looking = self.stage is None and self._looking_at_outcome
        super().action_new_seed()
        card, seed = self.card, self.session.recipe.seed
        if self.stage is not None or card is None or card.experiment is None:
            return
        if looking:
            self.notice(f"seed {seed}: the experiment runs again")
            self._run(card)
            self.draw()
        elif self.outcome is not None:
            self.notice(f"seed {seed}: k runs the card's experiment with it, enter makes the picture")
        elif card.question is not None and self._place not in self._chosen:
            self.notice(f"seed {seed}: the run takes it once you have answered")

    def _page(self) -> Page:
        if self.stage is not None:
            return stage_page(self.stage, self.staging)
        cards, quiz = self.lesson.cards, self.lesson.quiz
        chosen = self._chosen.get(self._place)
        if self.card is not None:
            busy, loading = self._busy == self.card.id, self.app.pipeline is None
            page = card_page(self.card, chosen, self.outcome, busy, loading, self._plan.plotted)
            if self.card.lab is not None:
                result = f"{page.result}\n\n{_BY_HAND}" if page.result else ""
                asking = f"press a letter; {_BY_HAND} first"
                page = replace(page, asking=asking, result=result, links=(("l hands on", "screen.stage"),))
        elif self._place < len(cards) + len(quiz):
            page = quiz_page(quiz, self._place - len(cards), chosen)
        else:
            page = closing_page(self.lesson, self.progress)
        return replace(page, back=self._place > 0, forward=self._place < self._pages - 1)

    def _grade_quiz(self, index: int) -> None:
        first = len(self.lesson.cards)
        place = self._place - first
        self._keep(self.progress.answered(quiz_id(self.number, place), index, index == self.lesson.quiz[place].answer))
        given = {place - first: choice for place, choice in self._chosen.items() if place >= first}
        score = sum(item.answer == given.get(number) for number, item in enumerate(self.lesson.quiz))
        if len(given) == len(self.lesson.quiz):
            self._keep(self.progress.quiz_taken(self.number, score, len(self.lesson.quiz)))

    def graded(self, card: Card, chosen: int, right: int) -> None:
        """Keep whether the run agreed."""
        self._keep(self.progress.answered(card.id, chosen, chosen == right))

    def _keep(self, progress: Progress) -> None:
        self.progress = progress
        try:
            save_progress(progress)
        except TdiffError as error:
            self.notice(str(error), trouble=True)
