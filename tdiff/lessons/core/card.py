"""A lesson as data: its cards, the question that a card may ask, and the closing quiz."""

from collections.abc import Mapping
from dataclasses import dataclass

LETTERS = "abcd"
"""How options are named on screen and in the files."""


@dataclass(frozen=True, slots=True)
class Question:
    """A prediction to make before the run; its right answer is not known here, since the run computes it.

    Attributes:
        prompt: what is asked.
        options: two to four answers.
    """

    prompt: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One thought, at most forty words.

    Attributes:
        id: unique over all lessons, as progress is kept by it.
        title: its heading.
        text: what it says before the run.
        experiment: such as "forward.any_level", see `tdiff.lessons.core.finding`; None for a card that only tells.
        lab: what can be tried by hand, such as "words.swap", found likewise; None for nothing.
        lab_start: which of the lab's beginnings it has; "" for the usual one.
        question: asked before the run; None where nothing is asked.
        reveal: what it says after the run, with the run's values in braces as `str.format` wants them.
        try_keys: a short hint of keys to press, "" for none.
        terms: words of the glossary that it uses first, or that its numbers need.
        shows_start: whether what its experiment starts from stands beside the question, in place of the bench's run.
    """

    id: str
    title: str
    text: str
    experiment: str | None
    lab: str | None
    lab_start: str
    question: Question | None
    reveal: str
    try_keys: str
    shows_start: bool = False
    terms: tuple[str, ...] = ()

    def revealed(self, values: Mapping[str, float | int | str]) -> str:
        """Return the reveal with the values of a finished run filled in."""
        return self.reveal.format(**values)


@dataclass(frozen=True, slots=True)
class QuizItem:
    """A question whose answer holds for every model of this kind, so that it can be written down.

    Attributes:
        prompt: what is asked.
        options: two to four answers.
        answer: index of the right one.
        reason: why it is right.
        source: id of the card that shows it, or None.
    """

    prompt: str
    options: tuple[str, ...]
    answer: int
    reason: str
    source: str | None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson.

    Attributes:
        number: 1 … 5.
        title: in full.
        tagline: one sentence about it.
        cards: in the order in which they are turned.
        quiz: what closes it.
    """

    number: int
    title: str
    tagline: str
    cards: tuple[Card, ...]
    quiz: tuple[QuizItem, ...]
