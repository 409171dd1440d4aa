"""The counter-example to copying: things in colours that no training picture shows them in."""

from collections.abc import Iterator

from tdiff.arrays import U8
from tdiff.evaluate.checker import Look, load_checker
from tdiff.evaluate.judge import fits
from tdiff.evaluate.memorisation import Neighbours, neighbours, pictures_of, training_picture
from tdiff.evaluate.prompts import Case, cases
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import playing
from tdiff.lessons.core.several import several
from tdiff.pipeline import to_pixels
from tdiff.views.figures import Pane
from tdiff.world.concepts import concepts

_PAIRS = 4
_EACH = 4  # pictures of a pair
_CHOICE = 12  # places in the list of pairs where a seed can begin
_STEPS = 12
_FEW = 2
_HARDLY, _SOME, _MOST = range(3)


def never_shown(bench: Bench, each: int = _EACH) -> Iterator[Outcome]:
    """Ask for held-out pairs of noun and colour, and count by looking how often training shows them.

    Args:
        bench: whose seed chooses pairs and starts the pictures.
        each: pictures of each pair.
    """
    first = bench.recipe.seed % _CHOICE
    held_out, shown = (cases(name, first + _PAIRS)[first:] for name in ("colour held out", "colour"))
    total = 2 * _STEPS + _PAIRS
    pictures: list[U8] = []
    for number, wanted in enumerate((held_out, shown)):
        prompts = [case.prompt for case in wanted for _ in range(each)]
        trace = several(bench.pipeline, prompts, bench.recipe.seed, _STEPS, bench.recipe.guidance)
        yield from playing(trace, prompts[:4], before=number * _STEPS, total=total)
        pictures.append(to_pixels(trace.final))

    counts: list[int] = []
    for case in held_out:
        counts.append(_trained_on(case))
        yield Outcome(_row(held_out, pictures[0], each), progress=(2 * _STEPS + len(counts), total))
    checker = load_checker()
    looks, looks_shown = checker.look(pictures[0]), checker.look(pictures[1])
    right, right_shown = _right(held_out, looks, each), _right(shown, looks_shown, each)
    best = _best(held_out, looks, each)
    found = neighbours(pictures[0][best], k=3)
    yield Outcome(
        panes=(Pane("made now", pictures[0][best], held_out[best // each].prompt), *_near(found)),
        values={
            "right": sum(right),
            "shown": sum(right_shown),
            "count": _PAIRS * each,
            "pictures": sum(counts),
        },
        answer=_answer(sum(right), _PAIRS * each),
        table=(
            ("asked for", "in training", "right"),
            *(
                (case.prompt, str(count), f"{hits} of {each}")
                for case, count, hits in zip(held_out, counts, right, strict=True)
            ),
        ),
    )


def _trained_on(case: Case) -> int:
    """Training scenes that show the pair, all of the noun's scenes looked at."""
    thing = case.want.things[0]
    return pictures_of(concepts()[thing.concept].id, thing.colour or "")


def _right(wanted: list[Case], looks: list[Look], each: int) -> list[int]:
    """Pictures of each pair that show it, as the checker sees them."""
    return [
        sum(fits(case.want, look) for look in looks[place * each : (place + 1) * each])
        for place, case in enumerate(wanted)
    ]


def _best(wanted: list[Case], looks: list[Look], each: int) -> int:
    """The first picture that came out right, or the first of all."""
    return next((place for place, look in enumerate(looks) if fits(wanted[place // each].want, look)), 0)


def _row(wanted: list[Case], pictures: U8, each: int) -> tuple[Pane, ...]:
    return tuple(Pane("made now", pictures[place * each], case.prompt) for place, case in enumerate(wanted))


def _near(found: Neighbours) -> tuple[Pane, ...]:
    return tuple(
        Pane(f"trained on, {number}.", training_picture(int(index)), f"{distance:.3f} away")
        for number, (index, distance) in enumerate(zip(found.indices, found.distances, strict=True), 1)
    )


def _answer(right: int, count: int) -> int:
    if right <= _FEW:
        return _HARDLY
    return _SOME if right <= count // 2 else _MOST
