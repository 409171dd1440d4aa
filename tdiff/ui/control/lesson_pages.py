"""Cards, quiz and ending of a lesson as pages of the guide."""

import re
from collections.abc import Sequence

from tdiff.lessons.core.card import Card, Lesson, QuizItem
from tdiff.lessons.core.loader import STUDIO
from tdiff.lessons.core.outcome import Outcome
from tdiff.store.progress import Progress
from tdiff.views.page import Link, Page


def card_page(
    card: Card, chosen: int | None, outcome: Outcome | None, busy: bool, loading: bool, plotted: bool = True
) -> Page:
    """A card with its question, and with what the run said once it has.

    Args:
        card: which.
        chosen: the learner's answer.
        outcome: what its experiment has found so far.
        busy: whether the experiment is under way.
        loading: whether it still waits for the model.
        plotted: whether the screen has a plot; where it has none, the page has bars of what no table says.
    """
    done = outcome is not None and outcome.done
    answered = chosen is not None or card.question is None
    found = outcome if outcome is not None and outcome.done and answered else None
    barred = found is not None and not plotted and (not found.table or len(found.curves) == 1)
    waiting = "the model is being loaded" if loading else f"the run decides{_so_far(outcome)}"
    return Page(
        title=card.title,
        text=card.text,
        hint=_hint(card),
        question=card.question.prompt if card.question is not None else "",
        options=card.question.options if card.question is not None else (),
        chosen=chosen,
        right=found.answer if found is not None and chosen is not None else None,
        busy=waiting if card.experiment is not None and answered and not done and (busy or loading) else "",
        result=card.revealed(found.values) if found is not None else "",
        table=found.table if found is not None else (),
        axes=f"{found.y_label} by {found.x_label}" if found is not None and barred else "",
        curves=found.curves if found is not None and barred else (),
    )


def quiz_page(quiz: Sequence[QuizItem], index: int, chosen: int | None) -> Page:
    """One question of the quiz."""
    item = quiz[index]
    return Page(
        title=f"Quiz, question {index + 1} of {len(quiz)}",
        text="",
        question=item.prompt,
        options=item.options,
        asking="press a letter",
        judge="Right is",
        chosen=chosen,
        right=None if chosen is None else item.answer,
        result="" if chosen is None else item.reason,
    )


def _hint(card: Card) -> str:
    """Keys to try, and which words the help explains first."""
    short = [re.split(r"[,(]", term)[0].strip() for term in card.terms]
    explains = f"? explains {', '.join(short)}" if short else ""
    return "\n".join(filter(None, (card.try_keys, explains)))


def _next_key(lesson: Lesson) -> str:
    return f"{lesson.number + 1} opens the next lesson. " if lesson.number + 1 < STUDIO else ""


def closing_page(lesson: Lesson, progress: Progress) -> Page:
    """What was learnt, and where to go on."""
    score = progress.quiz_score(lesson.number)
    said = f"Quiz: {score[0]} of {score[1]} right." if score is not None else "The quiz is still open: [ goes back."
    return Page(
        title=f"End of lesson {lesson.number}",
        text=f"{lesson.tagline} {said}",
        hint=f"{_next_key(lesson)}Everything on the bench stays as it is. {STUDIO} opens the studio.",
        links=(
            Link("", f"go on to {'the next lesson' if lesson.number + 1 < STUDIO else 'the studio'}", "next_lesson"),
        ),
        forward=False,
    )


def _so_far(outcome: Outcome | None) -> str:
    """How far an experiment has come, where it says so."""
    if outcome is None or outcome.progress is None:
        return ""
    done, of = outcome.progress
    return f", {done / max(of, 1):.0%} done"
