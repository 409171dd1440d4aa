"""Which prompt and which negative steer each picture of a batch, and from which step on."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from tdiff.diffusion.denoiser import Condition
from tdiff.diffusion.errors import SettingError


@dataclass(frozen=True, eq=False)
class Conditions:
    """A prompt and a negative for each picture of a batch, both already encoded for the network."""

    positive: tuple[Condition, ...]
    """What each picture shall show."""
    negative: tuple[Condition, ...]
    """What guidance steers away from: the empty prompt's condition where no negative prompt is given."""

    def __post_init__(self) -> None:
        if not self.positive or len(self.positive) != len(self.negative):
            raise SettingError(
                f"a batch needs as many prompts as negatives and at least one, not {len(self.positive)} and "
                f"{len(self.negative)}",
                remedy="give the empty prompt where there is no negative",
            )

    @classmethod
    def repeat(cls, positive: Condition, negative: Condition, batch: int = 1) -> "Conditions":
        """The same pair for every picture of a batch."""
        return cls((positive,) * batch, (negative,) * batch)

    @property
    def batch(self) -> int:
        """How many pictures these steer."""
        return len(self.positive)

    @property
    def same(self) -> bool:
        """Whether every prompt is its own negative (the same object), so that guidance has no effect."""
        return all(pos is neg for pos, neg in zip(self.positive, self.negative, strict=True))

    def is_same(self, other: "Conditions") -> bool:
        """Whether `other` holds the very same objects: opaque as they are, they are not compared."""
        mine, theirs = self.positive + self.negative, other.positive + other.negative
        return len(mine) == len(theirs) and all(a is b for a, b in zip(mine, theirs, strict=True))


Switches: TypeAlias = Sequence[tuple[int, Conditions]]
"""Pairs (first step, conditions), rising from step 0: conditions that change while the picture is made."""


@dataclass(frozen=True, eq=False)
class Plan:
    """The conditions of every step: each entry holds from its step until the next entry's."""

    entries: tuple[tuple[int, Conditions], ...]

    def __post_init__(self) -> None:
        """Check the entries and leave out those that change nothing."""
        firsts = [first for first, _ in self.entries]
        if not firsts or firsts[0] != 0 or any(b <= a for a, b in pairwise(firsts)):
            raise SettingError(
                f"prompts must switch at rising steps from 0 on, not at {firsts}", remedy="put them in order"
            )
        if len({conditions.batch for _, conditions in self.entries}) > 1:
            raise SettingError(
                "every switch must bring conditions for as many pictures as the first", remedy="repeat them"
            )
        kept = self.entries[:1]
        for first, conditions in self.entries[1:]:
            if not conditions.is_same(kept[-1][1]):
                kept = (*kept, (first, conditions))
        object.__setattr__(self, "entries", kept)

    @classmethod
    def of(cls, conditions: "Conditions | Switches | Plan") -> "Plan":
        """A plan from conditions that hold throughout, from a list of switches, or from a plan."""
        if isinstance(conditions, Plan):
            return conditions
        if isinstance(conditions, Conditions):
            return cls(((0, conditions),))
        return cls(tuple((first, entry) for first, entry in conditions))

    @property
    def batch(self) -> int:
        """How many pictures this plan steers."""
        return self.entries[0][1].batch

    @property
    def last_switch(self) -> int:
        """The step at which the last entry begins."""
        return self.entries[-1][0]

    def at(self, index: int) -> Conditions:
        """The conditions of step `index`."""
        return next(conditions for first, conditions in reversed(self.entries) if first <= index)

    def switches_at(self, index: int) -> bool:
        """Whether step `index` has other conditions than the step before it."""
        return any(first == index > 0 for first, _ in self.entries)

    def until(self, index: int) -> int | None:
        """The first step after `index` that has other conditions; None when there is none."""
        return next((first for first, _ in self.entries if first > index), None)

    def replaced_from(self, index: int, conditions: "Conditions | Switches | Plan") -> "Plan":
        """This plan up to step `index`, and from there on what `conditions` say of the same steps."""
        new = Plan.of(conditions)
        before = tuple(entry for entry in self.entries if entry[0] < index)
        after = tuple(entry for entry in new.entries if entry[0] > index)
        return Plan((*before, (index, new.at(index)), *after))
