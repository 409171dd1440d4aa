"""How far what the network knows of a noun depends on whether it is the first or the second thing of a relation."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from typing import Final

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.evaluate.checker import Checker
from tdiff.evaluate.judge import Thing, Want, fits
from tdiff.prompt.tokenizer import Tokens
from tdiff.prompt.understand import understand_words
from tdiff.world.captions import with_article
from tdiff.world.concepts import by_name

PAIRS: Final = (
    ("robot", "left", "tree"),
    ("cat", "above", "heart"),
    ("frog", "left", "star"),
    ("apple", "above", "car"),
    ("cat", "left", "robot"),
    ("tree", "above", "heart"),
)
"""Two things and where the first of them stands from the second; each is also asked for with the things exchanged."""
_SAID: Final = {"left": "to the left of", "right": "to the right of", "above": "above", "below": "below"}
_MEASURED: Final = ("cat", "dog", "tree", "heart", "star", "apple", "car", "frog", "robot", "house")

States = Callable[[tuple[int, ...]], F32]
"""Token ids in, a state for each of them out: (L, D)."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """A prompt that says who stands where.

    Attributes:
        first, second: nouns.
        relation: where the first stands from the second: left, right, above or below.
    """

    first: str
    relation: str
    second: str

    @property
    def prompt(self) -> str:
        """Such as "a cat to the left of a dog"."""
        return f"{with_article(self.first)} {_SAID[self.relation]} {with_article(self.second)}"

    @property
    def exchanged(self) -> "Ordered":
        """The same words, the nouns exchanged."""
        return Ordered(self.second, self.relation, self.first)

    @property
    def want(self) -> Want:
        """What its picture must show."""
        first, second = (Thing(concept.id) for concept in map(by_name().__getitem__, (self.first, self.second)))
        return Want((first, second), relation=self.relation)


def ordered_pairs() -> tuple[tuple[Ordered, Ordered], ...]:
    """Return each of `PAIRS` and the same with its things exchanged."""
    asked = [Ordered(*pair) for pair in PAIRS]
    return tuple((each, each.exchanged) for each in asked)


def both_right(checker: Checker, pictures: U8) -> tuple[bool, ...]:
    """Say of each pair whether both of its pictures show the right things in the right order.

    Args:
        checker: judges.
        pictures: (n, 2, 32, 32, 3) uint8, of the first n of `ordered_pairs`.
    """
    looks = iter(checker.look(pictures.reshape(-1, *pictures.shape[2:])))
    asked = ordered_pairs()[: len(pictures)]
    return tuple(all([fits(each.want, next(looks)) for each in pair]) for pair in asked)


def order_share(states: States) -> float:
    """Return how far a noun's state as first thing is from its state as second, in units of two nouns' distance.

    Two nouns are compared as first things of the same sentence, all pairs of ten nouns in four relations. 0: which
    comes first leaves no trace; 1: it counts as much as which noun it is.

    Args:
        states: of a text tower, or of what the denoiser makes of them.
    """
    roles: list[float] = []
    nouns: list[float] = []
    for first, second in permutations(_MEASURED, 2):
        for relation in _SAID:
            asked = Ordered(first, relation, second)
            (here, _), (there, here_second) = (_of_nouns(states, each.prompt) for each in (asked, asked.exchanged))
            roles.append(float(np.linalg.norm(here - here_second)))
            nouns.append(float(np.linalg.norm(here - there)))
    return float(np.mean(roles) / np.mean(nouns))


def _of_nouns(states: States, prompt: str) -> tuple[F32, F32]:
    """The states of a prompt's two nouns."""
    tokens = understand_words(prompt)
    found = states(tokens.ids)
    first, second = (found[place] for place in _places(tokens))
    return first, second


def _places(tokens: Tokens) -> tuple[int, ...]:
    named = by_name()
    return tuple(word.tokens[0] for word in tokens.words if word.tokens and word.reads in named)
