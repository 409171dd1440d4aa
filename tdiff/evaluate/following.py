"""Whether pictures show what their prompts ask for, and lose what their negatives name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tdiff.arrays import U8
from tdiff.evaluate.checker import Checker, Look
from tdiff.evaluate.judge import fits, shows
from tdiff.evaluate.prompts import Case, NegativeCase
from tdiff.evaluate.real import real_picture
from tdiff.share import Share, share


class Generate(Protocol):
    """Makes one picture for each prompt."""

    def __call__(
        self, prompts: Sequence[str], negatives: Sequence[str], seeds: Sequence[int], guidance: float | None = None
    ) -> U8:
        """Return (n, 32, 32, 3) uint8; without a guidance, with that of the settings."""
        ...


@dataclass(frozen=True, slots=True)
class Followed:
    """A category.

    Attributes:
        made: cases whose pictures fit.
        real: the same for real scenes made to fit: the checker's ceiling.
    """

    made: Share
    real: Share


@dataclass(frozen=True, slots=True)
class Obeyed:
    """A kind of negative.

    Attributes:
        shown: pictures that, made without the negative, show their subject and what it names.
        obeyed: of those, the ones that with it keep the subject and lose what it names.
    """

    shown: Share
    obeyed: Share


def follow(generate: Generate, checker: Checker, suite: Sequence[Case]) -> Followed:
    """Make a picture for each case, twins from the same seed, and judge them beside real scenes.

    Each case has a seed of its own: seeds that prompts share would make all of them lucky or unlucky together.
    """
    numbered = [(number, each) for number, case in enumerate(suite) for each in _together(case)]
    made = generate([case.prompt for _, case in numbered], [""] * len(numbered), [number for number, _ in numbered])
    rng = np.random.default_rng(0)
    real = np.stack([real_picture(case.want, rng) for _, case in numbered])
    return Followed(*(_right(numbered, checker.look(pictures)) for pictures in (made, real)))


def obey(generate: Generate, checker: Checker, suite: Sequence[NegativeCase]) -> Obeyed:
    """Make a picture for each case with and without its negative.

    Only a picture that shows the named thing without the negative can obey it.
    """
    prompts, seeds = [case.prompt for case in suite], list(range(len(suite)))
    plain = checker.look(generate(prompts, [""] * len(suite), seeds))
    steered = checker.look(generate(prompts, [case.negative for case in suite], seeds))
    shown = [shows(look, case.subject) and _names(look, case) for case, look in zip(suite, plain, strict=True)]
    obeyed = [
        shows(look, case.subject) and not _names(look, case)
        for case, look, counted in zip(suite, steered, shown, strict=True)
        if counted
    ]
    return Obeyed(share(sum(shown), len(shown)), share(sum(obeyed), len(obeyed)))


def _together(case: Case) -> tuple[Case, ...]:
    return (case,) if case.twin is None else (case, case.twin)


def _right(numbered: Sequence[tuple[int, Case]], looks: Sequence[Look]) -> Share:
    """Cases of which every picture fits."""
    right: dict[int, bool] = {}
    for (number, case), look in zip(numbered, looks, strict=True):
        right[number] = right.get(number, True) and fits(case.want, look)
    return share(sum(right.values()), len(right))


def _names(look: Look, case: NegativeCase) -> bool:
    """Whether what the negative names is there."""
    return shows(look, case.concept, case.colour)
