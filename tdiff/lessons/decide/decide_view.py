"""Decide: cases without a right answer, and the reasons on both sides of each option."""

from collections.abc import Iterator

from tdiff.lessons.core.card import LETTERS
from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.lab_view import LabView
from tdiff.lessons.decide.cases import LENSES, Case, load_cases
from tdiff.lessons.decide.decide_lab import PROMPT, Decide
from tdiff.pipeline import Pipeline
from tdiff.views.page import Columns
from tdiff.views.places import Places

_ROOMY = 26  # rows


class DecideView(LabView):
    """The scrubber walks through the cases.

    Args:
        context: nothing of it is needed: no model is asked.
    """

    keys = (
        ("a–d", "choose"),
        ("enter", "next case"),
        ("← →", "cases"),
        ("r", "questions again"),
        ("l", "closes"),
    )
    caption = "no model is asked, nothing is counted: what you choose here is not kept"
    alone = True
    asking = "press a letter and read what speaks for it, and what against it; none is called right"
    reopened = True

    def __init__(self, context: LabContext) -> None:
        self._decide = Decide()
        self._roomy = False

    @classmethod
    def written(cls, pipeline: Pipeline, width: int) -> Iterator[str]:
        """Every case with all its reasons."""
        cases = load_cases()
        for number, case in enumerate(cases, 1):
            yield from _case(case, f"Case {number} of {len(cases)}: {case.title}")

    @property
    def title(self) -> str:
        return self._decide.state.title

    def places(self) -> Places:
        """One for each case."""
        last = self._decide.state.of - 1
        return last, last, self._decide.state.number - 1, None, ()

    def fit(self, columns: int, rows: int) -> None:
        """Where there is room, keep the questions in sight beside the reasons."""
        self._roomy = rows >= _ROOMY

    def text(self) -> str:
        return self._decide.state.case.situation

    def question(self) -> tuple[str, tuple[str, ...], int | None, int | None]:
        """What to do; nothing is right."""
        state = self._decide.state
        return PROMPT, state.options, state.chosen, None

    def columns(self) -> Columns:
        state = self._decide.state
        return state.weighing if self._roomy or state.reasons is None else ()

    def reasons(self) -> Columns:
        """What speaks for the chosen option, and what against it."""
        said = self._decide.state.reasons
        return () if said is None else tuple(zip(("for it", "against it"), said, strict=True))

    def result(self) -> str:
        """How much there is still to read."""
        state = self._decide.state
        return "" if state.reasons is None else state.lines()[-1]

    def answer(self, index: int) -> None:
        self._decide.choose(index)

    def move(self, place: int) -> None:
        state = self._decide.state
        self._decide.go_to(min(max(place + 1, 1), state.of))

    def go_on(self) -> None:
        self._decide.next()

    def reseed(self) -> None:
        """Read the questions again."""
        self._decide.back_to_questions()


def _case(case: Case, heading: str) -> Iterator[str]:
    yield ""
    yield heading
    yield case.situation
    for lens in LENSES:
        yield f"  {lens}: {case.questions[lens]}"
    for letter, option in zip(LETTERS, case.options, strict=False):
        yield f"{letter}) {option.text}"
        yield f"  For it: {option.speaks_for}"
        yield f"  Against it: {option.speaks_against}"
