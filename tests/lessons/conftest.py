from dataclasses import dataclass

import pytest

import tdiff
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.card import Lesson
from tdiff.lessons.core.finding import find_experiment
from tdiff.lessons.core.loader import load_lesson
from tdiff.lessons.core.outcome import Outcome
from tdiff.recipe import Recipe


@dataclass(frozen=True)
class Ran:
    """All that an experiment yielded."""

    outcomes: list[Outcome]

    @property
    def final(self) -> Outcome:
        return self.outcomes[-1]


@pytest.fixture(scope="session")
def lesson() -> Lesson:
    return load_lesson(1)


@pytest.fixture(scope="session")
def ran(lesson: Lesson) -> dict[str, Ran]:
    """Every experiment of lesson 1, run once on the model that ships."""
    bench = Bench(tdiff.load(), Recipe(prompt="a green tree", seed=3, steps=8))
    names = [card.experiment for card in lesson.cards if card.experiment]
    return {name: Ran(list(find_experiment(name)(bench))) for name in names}
