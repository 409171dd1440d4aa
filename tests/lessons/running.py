"""Runs experiments for tests: each once, on the bench that its tests speak of, and smaller where it is slow."""

import pickle
from collections.abc import Callable, Iterator
from fcntl import LOCK_EX, flock
from functools import cached_property
from pathlib import Path

from tdiff.lessons.copies.by_heart import by_heart
from tdiff.lessons.copies.near_copies import near_copies
from tdiff.lessons.copies.never_shown import never_shown
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.card import Card
from tdiff.lessons.core.finding import find_experiment
from tdiff.lessons.core.loader import available, load_lesson
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.guidance.guidance_curves import guidance_curves
from tdiff.lessons.labels.false_alarms import false_alarms
from tdiff.lessons.skew.change_mix import change_mix
from tdiff.lessons.skew.left_open import left_open
from tdiff.lessons.switching.when_decided import when_decided
from tdiff.lessons.training.copy_or_learn import copy_or_learn
from tdiff.lessons.truth.weak_spots import weak_spots
from tdiff.pipeline import Pipeline, load
from tdiff.recipe import Recipe

TREE = Recipe(prompt="a green tree", seed=3, steps=8)
APPLE = Recipe(prompt="a red apple", seed=3, steps=8)
QUICK: dict[str, Callable[[Bench], Iterator[Outcome]]] = {
    "training.copy_or_learn": lambda bench: copy_or_learn(bench, steps=200),
    "guidance.guidance_curves": lambda bench: guidance_curves(bench, count=6, scenes=60),
    "switching.when_decided": lambda bench: when_decided(bench, count=1),
    "copies.near_copies": lambda bench: near_copies(bench, made=4, unseen=20),
    "copies.by_heart": lambda bench: by_heart(bench, steps=300),
    "copies.never_shown": lambda bench: never_shown(bench, each=1),
    "skew.left_open": lambda bench: left_open(bench, samples=16),
    "skew.change_mix": lambda bench: change_mix(bench, steps=250),
    "labels.false_alarms": lambda bench: false_alarms(bench, keys=200),
    "truth.weak_spots": lambda bench: weak_spots(bench, each=2),
}
"""Smaller than in the lesson, where that is slow."""

CARDS = {
    card.experiment: card for number in available() for card in load_lesson(number).cards if card.experiment is not None
}
"""Experiment → the card that asks it."""


def names_of(lesson: int) -> tuple[str, ...]:
    """Experiments of a lesson, in the order of its cards."""
    return tuple(card.experiment for card in load_lesson(lesson).cards if card.experiment)


def card_of(name: str) -> Card:
    return CARDS[name]


def run(name: str) -> Callable[[Bench], Iterator[Outcome]]:
    return QUICK.get(name) or find_experiment(name)


def last(bench: Bench, name: str) -> Outcome:
    *_, outcome = run(name)(bench)
    return outcome


class Runs:
    """What experiments yield on the model that ships; each runs when it is first asked for, and once.

    Args:
        folder: where what was found is kept; processes that share it share the runs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, list[Outcome]] = {}

    @cached_property
    def _pipeline(self) -> Pipeline:
        return load()

    def __getitem__(self, name: str) -> list[Outcome]:
        if name not in self._made:
            self._made[name] = self._found(name)
        return self._made[name]

    def _found(self, name: str) -> list[Outcome]:
        kept = self._folder / f"{name}.pickle"
        with open(self._folder / f"{name}.lock", "w") as lock:
            flock(lock, LOCK_EX)  # released when the file is closed
            if not kept.exists():
                kept.write_bytes(pickle.dumps(self._run(name)))
            return pickle.loads(kept.read_bytes())

    def _run(self, name: str) -> list[Outcome]:
        recipe = APPLE if name in names_of(3) else TREE
        return list(run(name)(Bench(self._pipeline, recipe)))
