"""What holds for every experiment of every lesson, whatever it shows."""

import math
from collections.abc import Sequence

import numpy as np

from tdiff.lessons.core.card import Card, Lesson
from tdiff.lessons.core.outcome import Outcome


def card_of(lesson: Lesson, name: str) -> Card:
    return next(card for card in lesson.cards if card.experiment == name)


def answers_and_fills_the_reveal(card: Card, outcomes: Sequence[Outcome]) -> None:
    final = outcomes[-1]
    assert final.answer in range(len(card.question.options))
    said = card.revealed(final.values)
    assert "{" not in said
    assert "nan" not in said
    assert all(math.isfinite(value) for value in final.values.values() if not isinstance(value, str))


def can_be_shown(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        assert 1 <= len(outcome.panes) <= 6
        for pane in outcome.panes:
            assert len(pane.title) <= 24
            assert (pane.picture.shape, pane.picture.dtype) == ((32, 32, 3), np.uint8)
        for curve in outcome.curves:
            assert len(curve.xs) == len(curve.ys) > 1
            assert np.isfinite(curve.ys).all()
    table = outcomes[-1].table
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    assert sum(widths) + 2 * len(widths) <= 44  # the guide's room at 80 columns


def only_the_last_is_finished(outcomes: Sequence[Outcome]) -> None:
    *partial, final = outcomes
    assert final.done
    assert not any(outcome.done or outcome.answer is not None for outcome in partial)
    steps = [outcome.progress[0] for outcome in partial]
    assert steps[0] == 0
    assert steps == sorted(steps)
    assert max(steps) <= partial[0].progress[1]
