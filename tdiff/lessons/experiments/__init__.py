"""The experiments that answer the cards' questions, by the names that lesson files use.

An experiment is a generator of outcomes. The first shows where it starts, before the network is asked anything, so
that it can stand beside the question; partial ones follow for as long as the work takes, and the finished one comes
last. Closing the generator between two of them stops the work.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from tdiff.lessons.bench import Bench
from tdiff.lessons.experiments.four_squares import four_squares
from tdiff.lessons.experiments.jigsaw import jigsaw
from tdiff.lessons.experiments.layout_first import layout_first
from tdiff.lessons.experiments.neighbours import neighbours
from tdiff.lessons.experiments.one_leap import one_leap
from tdiff.lessons.experiments.one_step import one_step
from tdiff.lessons.experiments.same_static import same_static
from tdiff.lessons.experiments.seed_fixes import seed_fixes
from tdiff.lessons.experiments.step_ladder import step_ladder
from tdiff.lessons.experiments.twenty_of_fifty import twenty_of_fifty
from tdiff.lessons.outcome import Outcome

Experiment: TypeAlias = Callable[[Bench], Iterator[Outcome]]

EXPERIMENTS: Final[Mapping[str, Experiment]] = MappingProxyType(
    {
        "four-squares": four_squares,
        "one-step": one_step,
        "one-leap": one_leap,
        "layout-first": layout_first,
        "step-ladder": step_ladder,
        "twenty-of-fifty": twenty_of_fifty,
        "seed-fixes": seed_fixes,
        "neighbours": neighbours,
        "jigsaw": jigsaw,
        "same-static": same_static,
    }
)

__all__ = ["EXPERIMENTS", "Experiment"]
