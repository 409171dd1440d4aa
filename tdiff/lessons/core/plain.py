"""A lesson as lines of text: for screen readers, pipes, and terminals too small for a picture."""

import textwrap
from collections import deque
from collections.abc import Iterator, Sequence

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.card import LETTERS, Card, Lesson, QuizItem
from tdiff.lessons.core.describe import describe
from tdiff.lessons.core.finding import find_experiment, find_lab
from tdiff.lessons.core.glossary import meanings
from tdiff.lessons.core.outcome import Outcome
from tdiff.prompt.command import command_of
from tdiff.text import clean_text, with_minus
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_NARROWEST = 24
_POINTS = 8  # of a curve that are read out


def plain(lesson: Lesson, bench: Bench, width: int = 80) -> Iterator[str]:
    """Write a lesson as text, running its experiments on the way.

    A question comes out before its run begins, so that whoever reads along can predict too.

    Args:
        lesson: what to write.
        bench: what to run it on.
        width: columns to wrap at, at least 24.

    Yields:
        Lines without line ends.
    """
    width = max(width, _NARROWEST)
    info = bench.pipeline.info
    yield from _wrapped(f"Lesson {lesson.number}: {lesson.title}", width)
    yield from _wrapped(lesson.tagline, width)
    yield ""
    source = f"Every number is from this run, of model {info.name} {info.hash}, unless it says recorded. On the bench:"
    yield from _wrapped(source, width)
    yield from _wrapped(clean_text(command_of(bench.recipe)), width, "  ")
    for number, card in enumerate(lesson.cards, 1):
        yield ""
        yield from map(with_minus, _card(card, f"Card {number} of {len(lesson.cards)}", bench, width))
        yield from _appended(card, bench, width)
    for number, item in enumerate(lesson.quiz, 1):
        yield ""
        yield from map(with_minus, _quiz_item(item, f"Quiz {number} of {len(lesson.quiz)}", width))


def _card(card: Card, place: str, bench: Bench, width: int) -> Iterator[str]:
    yield from _wrapped(f"{place}: {card.title}", width)
    yield from _wrapped(card.text, width)
    for word, meaning in meanings(card.terms):
        yield from _wrapped(f"{word}: {meaning}", width, "  ")
    if card.question is not None:
        yield from _question(card.question.prompt, card.question.options, width)
    if card.experiment is None:
        return
    outcome = deque(find_experiment(card.experiment)(bench), maxlen=1).pop()
    if card.question is not None and outcome.answer is not None:
        yield from _wrapped(f"Answer: {_option(card.question.options, outcome.answer)}", width)
    yield from _wrapped(card.revealed(outcome.values), width)
    yield from _shown(outcome, width)


def _appended(card: Card, bench: Bench, width: int) -> Iterator[str]:
    """What a screen shows hands-on beside the card, where that can be written out."""
    if card.lab is None:
        return
    for paragraph in find_lab(card.lab).written(bench.pipeline, width):
        text = paragraph.lstrip(" ")
        yield from _wrapped(text, width, paragraph[: len(paragraph) - len(text)]) or [""]


def _shown(outcome: Outcome, width: int) -> Iterator[str]:
    """Pictures, table and curves of an outcome."""
    for pane in outcome.panes:
        yield from _wrapped(_pane(pane), width, "  ")
    yield from _table(outcome.table, width)
    for curve in outcome.curves:
        yield from _wrapped(_curve(curve, outcome), width, "  ")


def _quiz_item(item: QuizItem, place: str, width: int) -> Iterator[str]:
    yield from _wrapped(place, width)
    yield from _question(item.prompt, item.options, width)
    yield from _wrapped(f"Answer: {_option(item.options, item.answer)}", width)
    yield from _wrapped(item.reason, width)


def _question(prompt: str, options: Sequence[str], width: int) -> Iterator[str]:
    yield from _wrapped(f"Question: {prompt}", width)
    for index in range(len(options)):
        yield from _wrapped(_option(options, index), width, "  ")


def _option(options: Sequence[str], index: int) -> str:
    return f"{LETTERS[index]}) {options[index]}"


def _pane(pane: Pane) -> str:
    note = f" ({pane.note})" if pane.note else ""
    return f"Picture “{pane.title}”{note}: {describe(pane.picture)}."


def _curve(curve: Curve, outcome: Outcome) -> str:
    """A curve read out at a few of its points, the first and the last among them."""
    last = len(curve.xs) - 1
    places = sorted({round(last * i / (_POINTS - 1)) for i in range(_POINTS)})
    points = ", ".join(f"{curve.ys[place]:.3g} at {curve.xs[place]:g}" for place in places)
    return f"Curve “{curve.name}” ({outcome.y_label}, by {outcome.x_label}): {points}."


def _table(rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Aligned columns; where they do not fit, each cell with its heading."""
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    if sum(widths) + 2 * len(widths) > width:
        header, *body = rows
        for row in body:
            cells = [f"{name}: {cell}" if name else cell for name, cell in zip(header, row, strict=True) if cell]
            yield from _wrapped(", ".join(cells), width, "  ")
        return
    for first, *rest in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(room) for cell, room in zip(rest, widths[1:], strict=True))]
        yield f"  {'  '.join(cells)}".rstrip()


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent + "  " * bool(indent))
