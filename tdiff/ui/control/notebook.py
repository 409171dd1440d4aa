"""The answers of one lesson, kept on disk as they are given. Knows no widget."""

from collections.abc import Callable

from tdiff.errors import TdiffError
from tdiff.lessons.core.card import Card, Lesson
from tdiff.store.progress import Progress, load_progress, quiz_id, save_progress

Say = Callable[[str, bool], None]
"""Says a sentence, as one of trouble or not."""


class Notebook:
    """What was chosen and where the learner is.

    Args:
        lesson: whose.
        say: for what is wrong when nothing can be written.
    """

    def __init__(self, lesson: Lesson, say: Say) -> None:
        self._lesson, self._say = lesson, say
        self.progress, self.trouble = load_progress()
        """Progress in all lessons, and what is wrong with the file that it is kept in."""
        self._written = self.progress  # as far as the file has it
        self._told = False  # that nothing can be written
        self.at = min(self.progress.place(lesson.number), self.pages - 1)
        """The card that is open; behind the cards come the questions of the quiz, then the end."""
        answers = self.progress.answers
        self.chosen = {place: answers[name].choice for place, name in enumerate(self._names()) if name in answers}
        """Answers given, by place."""

    @property
    def pages(self) -> int:
        """How many places there are."""
        return len(self._lesson.cards) + len(self._lesson.quiz) + 1

    @property
    def options(self) -> tuple[str, ...]:
        """What can be answered here."""
        cards, quiz = self._lesson.cards, self._lesson.quiz
        if self.at < len(cards):
            question = cards[self.at].question
            return question.options if question is not None else ()
        item = self.at - len(cards)
        return quiz[item].options if item < len(quiz) else ()

    def opened(self, card: Card | None) -> None:
        """Write down where the learner is."""
        number = self._lesson.number
        if card is not None:
            self._keep(self.progress.seen_card(number, card.id, self.at))
        else:
            self._keep(self.progress.at(number, self.at))

    def choose(self, index: int) -> None:
        """Answer what is asked here; the quiz knows at once whether that is right."""
        self.chosen[self.at] = index
        first, quiz = len(self._lesson.cards), self._lesson.quiz
        if self.at < first:
            return
        item = self.at - first
        self._keep(self.progress.answered(quiz_id(self._lesson.number, item), index, index == quiz[item].answer))
        given = {place - first: choice for place, choice in self.chosen.items() if place >= first}
        if len(given) == len(quiz):
            score = sum(each.answer == given[number] for number, each in enumerate(quiz))
            self._keep(self.progress.quiz_taken(self._lesson.number, score, len(quiz)))

    def graded(self, card: Card, right: int | None) -> None:
        """A run has said what the answer is."""
        chosen = self.chosen.get(self.at)
        if chosen is not None and right is not None:
            self._keep(self.progress.answered(card.id, chosen, chosen == right))

    def clear(self) -> None:
        """Forget all answers, and begin at the first card."""
        self.chosen.clear()
        self._keep(self.progress.without(self._names()))
        self.at = 0

    def _names(self) -> list[str]:
        """What answers are kept under, by place."""
        quiz = (quiz_id(self._lesson.number, number) for number in range(len(self._lesson.quiz)))
        return [*(card.id for card in self._lesson.cards), *quiz]

    @property
    def unwritten(self) -> bool:
        """Whether there is progress that could not be written."""
        return self.progress != self._written

    def keep_again(self) -> None:
        """Write what could not be written."""
        if self.unwritten:
            self._keep(self.progress)

    def _keep(self, progress: Progress) -> None:
        """Note progress; what cannot be written is kept in memory, and tried again."""
        self.progress = progress
        if not self.unwritten:
            return
        try:
            self.progress = self._written = save_progress(progress, since=self._written)
        except TdiffError as error:
            if not self._told:
                self._say(error.with_remedy("what you do is kept in memory, and tried again"), True)
            self._told = True
        else:
            if self._told:
                self._say("what could not be written before is written now", False)
            self._told = False
