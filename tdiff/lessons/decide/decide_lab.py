"""Decide: cases without a right answer. Whatever is chosen, the reasons for it and against it are shown."""

from dataclasses import dataclass, replace

from tdiff.lessons.core.card import LETTERS
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.decide.cases import LENSES, Case, load_cases

PROMPT = "What would you do?"


@dataclass(frozen=True, slots=True)
class DecideState:
    """One case as it lies before the learner.

    Attributes:
        number: of the case, from 1.
        of: how many cases there are.
        case: the situation with its options and questions.
        chosen: index of the option chosen last; None before that.
        read: indices of all options whose reasons were read.
    """

    number: int
    of: int
    case: Case
    chosen: int | None = None
    read: frozenset[int] = frozenset()

    @property
    def title(self) -> str:
        """Such as "Case 3 of 8: A news picture"."""
        return f"Case {self.number} of {self.of}: {self.case.title}"

    @property
    def options(self) -> tuple[str, ...]:
        """What could be done; none of it is called right."""
        return tuple(option.text for option in self.case.options)

    @property
    def weighing(self) -> tuple[tuple[str, str], ...]:
        """Each lens with its question: consent, deception, provenance, harm."""
        return tuple((lens, self.case.questions[lens]) for lens in LENSES)

    @property
    def reasons(self) -> tuple[str, str] | None:
        """What speaks for the chosen option, and what against it; None before one is chosen."""
        if self.chosen is None:
            return None
        option = self.case.options[self.chosen]
        return option.speaks_for, option.speaks_against

    @property
    def unread(self) -> int:
        """How many options have reasons that were not read yet."""
        return len(self.case.options) - len(self.read)

    def lines(self) -> tuple[str, ...]:
        """The case in sentences: first what to weigh, then, once an option is chosen, the reasons."""
        if self.reasons is None:
            return (self.case.situation, *(f"{lens}: {question}" for lens, question in self.weighing))
        speaks_for, speaks_against = self.reasons
        more = f"{self.unread} more to read." if self.unread else "All read: which reason weighs most with you?"
        return (f"For it: {speaks_for}", f"Against it: {speaks_against}", more)


class Decide:
    """Walks through the cases; what was chosen in each is kept."""

    def __init__(self, cases: tuple[Case, ...] | None = None) -> None:
        """Begin with the first case.

        Args:
            cases: those that ship by default.

        Raises:
            LessonError: there are none, or their file is malformed.
        """
        cases = load_cases() if cases is None else cases
        if not cases:
            raise LessonError("there is no case to decide", remedy="give at least one")
        self._states = [DecideState(number, len(cases), case) for number, case in enumerate(cases, 1)]
        self._place = 0

    @property
    def state(self) -> DecideState:
        """The case at hand."""
        return self._states[self._place]

    def choose(self, option: int) -> DecideState:
        """Choose an option and read its reasons; others can be chosen after it.

        Raises:
            LessonError: there is no such option.
        """
        now = self.state
        if option not in range(len(now.case.options)):
            last = LETTERS[len(now.case.options) - 1]
            raise LessonError(f"this case has options a to {last}", remedy="choose one of them")
        self._states[self._place] = replace(now, chosen=option, read=now.read | {option})
        return self.state

    def back_to_questions(self) -> DecideState:
        """Show the situation and its questions again; what was read stays read."""
        self._states[self._place] = replace(self.state, chosen=None)
        return self.state

    def next(self) -> DecideState:
        """Go on to the next case; after the last comes the first."""
        return self.go_to(self._place + 2 if self._place + 1 < len(self._states) else 1)

    def previous(self) -> DecideState:
        """Go back to the case before; before the first comes the last."""
        return self.go_to(self._place or len(self._states))

    def go_to(self, number: int) -> DecideState:
        """Go to a case by its number, from 1.

        Raises:
            LessonError: there is none such.
        """
        if not 1 <= number <= len(self._states):
            raise LessonError(f"there are cases 1 to {len(self._states)}, not {number}")
        self._place = number - 1
        return self.state
