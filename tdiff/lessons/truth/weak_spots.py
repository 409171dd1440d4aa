"""The truth about this tool: four kinds of prompts, and what the checker says of the pictures made for them."""

from collections.abc import Iterator
from dataclasses import dataclass

from tdiff.arrays import U8
from tdiff.defaults import GUIDANCE
from tdiff.evaluate.checker import load_checker
from tdiff.evaluate.judge import fits
from tdiff.evaluate.prompts import Case, cases
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.lead import share_lead
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import playing
from tdiff.lessons.core.several import several
from tdiff.lessons.truth.facts import facts_of
from tdiff.pipeline import to_pixels
from tdiff.share import Share, share
from tdiff.views.figures import Pane

_SUITES = {"one thing": "single", "its colour": "colour", "two in order": "relation", "style": "style"}
_EACH = 12
_CHOICE = 12  # places in the lists of prompts where a seed can begin
_STEPS = 12
_OPTIONS = {"one thing": 0, "its colour": 0, "two in order": 1, "style": 2}
"""Option of the card that a kind belongs to."""
_NONE_STANDS_OUT = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Kind:
    """Prompts of a kind and what became of them."""

    name: str
    wanted: list[Case]
    pictures: U8
    right: list[bool]

    @property
    def rate(self) -> Share:
        return share(sum(self.right), len(self.right))

    @property
    def failures(self) -> Share:
        return share(len(self.right) - sum(self.right), len(self.right))


def weak_spots(bench: Bench, each: int = _EACH) -> Iterator[Outcome]:
    """Make pictures for prompts of four kinds, as the evaluation draws them, and have the checker judge them.

    Args:
        bench: whose seed chooses the prompts and starts the pictures.
        each: prompts of a kind.
    """
    first = bench.recipe.seed % _CHOICE
    checker = load_checker()
    done: list[_Kind] = []
    for number, (name, suite) in enumerate(_SUITES.items()):
        wanted = cases(suite, first + each)[first:]
        prompts = [case.prompt for case in wanted]
        trace = several(bench.pipeline, prompts, bench.recipe.seed, _STEPS, GUIDANCE)
        titles = [f"{name}, {place}" for place in range(1, min(each, 4) + 1)]
        yield from playing(trace, titles, before=number * _STEPS, total=len(_SUITES) * _STEPS)
        pictures = to_pixels(trace.final)
        right = [fits(case.want, look) for case, look in zip(wanted, checker.look(pictures), strict=True)]
        done.append(_Kind(name, wanted, pictures, right))

    facts = facts_of(bench.pipeline)
    all_right = share(sum(sum(kind.right) for kind in done), len(done) * each)
    yield Outcome(
        panes=tuple(map(_pane, done)),
        values={
            **{name: sum(kind.right) for name, kind in zip(("one", "colour", "order", "style"), done, strict=True)},
            "each": each,
            "low": all_right.low,
            "high": all_right.high,
            "model": f"{facts.name} {facts.hash}",
            "numbers": f"{facts.parameters['denoiser']:,}",
            "weights": facts.denoiser_bytes / 1e6,
            "bytes": facts.bytes_each,
        },
        answer=_answer(done),
        table=(
            ("right, as the checker sees", f"of {each}", "95 %"),
            *((kind.name, str(sum(kind.right)), f"{kind.rate.low:.0%}–{kind.rate.high:.0%}") for kind in done),
        ),
    )


def _answer(done: list[_Kind]) -> int:
    """The kind that fails most often, where it fails more often than each of another option by more than chance."""
    worst = max(done, key=lambda kind: kind.failures.hits)
    others = [kind for kind in done if _OPTIONS[kind.name] != _OPTIONS[worst.name]]
    clear = all(share_lead(worst.failures, kind.failures).clear for kind in others)
    return _OPTIONS[worst.name] if clear else _NONE_STANDS_OUT


def _pane(kind: _Kind) -> Pane:
    """The first picture that failed, or the first of all."""
    place = kind.right.index(False) if False in kind.right else 0
    verdict = "right" if kind.right[place] else "failed"
    return Pane(f"{kind.name}: {verdict}", kind.pictures[place], kind.wanted[place].prompt)
