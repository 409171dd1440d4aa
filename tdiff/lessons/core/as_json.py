"""A lesson as JSON values, with what its experiments found; docs/commands.md says which fields there are."""

import json
import math
from collections import deque
from collections.abc import Mapping
from typing import Any

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.card import Card, Lesson, QuizItem
from tdiff.lessons.core.describe import describe
from tdiff.lessons.core.finding import find_experiment
from tdiff.lessons.core.glossary import meanings
from tdiff.lessons.core.outcome import Outcome
from tdiff.recipe.json import to_json


def content(lesson: Lesson, bench: Bench) -> dict[str, Any]:
    """Run a lesson's experiments and return all that it says; pictures are told in words.

    Args:
        lesson: what to tell.
        bench: what to run it on.
    """
    return {
        "number": lesson.number,
        "title": lesson.title,
        "tagline": lesson.tagline,
        "model": bench.pipeline.info.hash,
        "recipe": json.loads(to_json(bench.recipe)),
        "cards": [_card(card, bench) for card in lesson.cards],
        "quiz": [_quiz_item(item) for item in lesson.quiz],
    }


def _card(card: Card, bench: Bench) -> dict[str, Any]:
    question = card.question
    found = None
    if card.experiment is not None:
        found = deque(find_experiment(card.experiment)(bench), maxlen=1).pop()
    return {
        "id": card.id,
        "title": card.title,
        "text": card.text,
        "terms": dict(meanings(card.terms)),
        "question": None if question is None else {"question": question.prompt, "options": list(question.options)},
        "found": None if found is None else _found(card, found),
    }


def _found(card: Card, outcome: Outcome) -> dict[str, Any]:
    return {
        "experiment": card.experiment,
        "answer": outcome.answer,
        "text": card.revealed(outcome.values),
        "values": {name: _finite(value) for name, value in _plain(outcome.values).items()},
        "pictures": [
            {"title": pane.title, "note": pane.note, "seen": describe(pane.picture)} for pane in outcome.panes
        ],
        "table": [list(row) for row in outcome.table],
        "curves": [
            {
                "name": curve.name,
                "x": outcome.x_label,
                "y": outcome.y_label,
                "xs": [_finite(float(x)) for x in curve.xs],
                "ys": [_finite(float(y)) for y in curve.ys],
            }
            for curve in outcome.curves
        ],
    }


def _quiz_item(item: QuizItem) -> dict[str, Any]:
    return {
        "question": item.prompt,
        "options": list(item.options),
        "answer": item.answer,
        "reason": item.reason,
        "card": item.source,
    }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as Python has them: an experiment may hand out numpy's."""
    return {name: value.item() if hasattr(value, "item") else value for name, value in values.items()}


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
