"""The experiments of a lesson's cards: one runs at a time, and what each has found is kept. Knows no widget."""

from collections.abc import Callable, Hashable, Iterator
from functools import partial
from itertools import islice
from typing import NamedTuple, Protocol

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.card import Card
from tdiff.lessons.core.finding import find_experiment
from tdiff.lessons.core.outcome import Outcome
from tdiff.pipeline import Pipeline
from tdiff.recipe import Recipe


class Laboratory(Protocol):
    """Where experiments run, beside what the view has computed."""

    @property
    def pipeline(self) -> Pipeline | None:
        """The loaded model; None while it is loading."""

    def compute(self, source: object, wish: Hashable, states: Callable[[], Iterator[object]]) -> None:
        """Run through the states of an experiment in a thread; the one before is given up."""

    def stop(self) -> None:
        """Give it up."""


class _Running(NamedTuple):
    """An experiment under way; `start`: only what it starts from is wanted."""

    card: str
    recipe: Recipe
    start: bool = False


class Experiments:
    """Runs them.

    Args:
        laboratory: where.
    """

    def __init__(self, laboratory: Laboratory) -> None:
        self._laboratory = laboratory
        self._found: dict[str, tuple[Recipe, Outcome]] = {}
        self._running: _Running | None = None

    @property
    def pipeline(self) -> Pipeline | None:
        """The loaded model; None while it is loading."""
        return self._laboratory.pipeline

    def found(self, card: Card) -> Outcome | None:
        """What a card's experiment has found, as far as it has come."""
        return self._found[card.id][1] if card.id in self._found else None

    def runs(self, card: Card) -> bool:
        """Whether a card's experiment is under way."""
        return self._running is not None and self._running.card == card.id and not self._running.start

    def is_done(self, card: Card, recipe: Recipe) -> bool:
        """Whether a card's experiment is finished, with this recipe."""
        kept = self._found.get(card.id)
        return kept is not None and kept[1].done and kept[0] == recipe

    def run(self, card: Card, recipe: Recipe) -> bool:
        """Begin a card's experiment; returns whether there is one and a model to run it with."""
        if self.pipeline is None or card.experiment is None:
            return False
        bench = Bench(self.pipeline, recipe)
        self._running = _Running(card.id, recipe)
        self._laboratory.compute(self, self._running, partial(find_experiment(card.experiment), bench))
        return True

    def show_start(self, card: Card, recipe: Recipe) -> None:
        """Have made what a card's experiment starts from, before the network is asked anything."""
        if self.pipeline is None or card.experiment is None:
            return
        states = partial(find_experiment(card.experiment), Bench(self.pipeline, recipe))
        self._running = _Running(card.id, recipe, start=True)
        self._laboratory.compute(self, self._running, lambda: islice(states(), 1))

    def give_up(self) -> None:
        """End the experiment under way, and forget what it has found so far."""
        if self._running is not None:
            self._laboratory.stop()
            self._found.pop(self._running.card, None)
            self._running = None

    def came(self, wish: Hashable, outcome: object) -> str | None:
        """Store what an experiment has found; returns the id of its card, None if it was given up."""
        if self._running is None or wish != self._running or not isinstance(outcome, Outcome):
            return None
        card, recipe, start = self._running
        self._found[card] = (recipe, outcome)
        if outcome.done or start:
            self._running = None
        return card

    def clear(self) -> None:
        self.give_up()
        self._found.clear()
