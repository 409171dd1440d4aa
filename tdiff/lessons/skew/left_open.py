"""A heart, and no word about its colour: does the model copy the skew of its training, and what does guidance do?"""

from collections.abc import Iterator

from tdiff.arrays import U8
from tdiff.evaluate.bias import ATTRIBUTES, Skew
from tdiff.evaluate.bias_suite import GUIDANCES, NOUNS
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.smaller import four_of
from tdiff.lessons.skew.skew_lab import SAMPLES, SkewLab, change, interval_of_top, open_scenes, skew_of
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane
from tdiff.world.concepts import by_name

_NOUN = NOUNS[0]
_RARER, _ALIKE, _AMPLIFIED = range(3)


def left_open(bench: Bench, samples: int = SAMPLES) -> Iterator[Outcome]:
    """Make many pictures at three guidances and count colour, position and style against the training mix.

    Args:
        bench: whose seed starts the pictures; its prompt and guidance do not count.
        samples: pictures at each guidance, a multiple of 8.
    """
    concept = by_name()[_NOUN]
    panes = [Pane("trained on", four_of(open_scenes(concept, "colour")), "no colour said")]
    total = samples * len(GUIDANCES)
    yield Outcome(tuple(panes), progress=(0, total))

    lab = SkewLab(bench.pipeline, bench.recipe.seed, samples)
    pictures: dict[float, U8] = {}
    for number, guidance in enumerate(GUIDANCES):
        lab.choose(guidance=guidance)
        state = lab.state()
        while not state.done:
            state = lab.advance()
            made = Pane(f"made, guidance {guidance:g}", four_of(state.pictures[-4:]), f"{len(state.pictures)} so far")
            yield _so_far((*panes, made), number * samples + len(state.pictures), total)
        pictures[guidance] = state.pictures
        panes.append(Pane(f"made, guidance {guidance:g}", four_of(state.pictures), f"4 of {samples}"))

    found = {
        (attribute, guidance): skew_of(made, concept, attribute)
        for attribute in ATTRIBUTES
        for guidance, made in pictures.items()
    }
    first, middle, last = (found["colour", guidance] for guidance in GUIDANCES)
    gap = change(last.training, last.made, last.top)
    moved = change(first.made, last.made, last.top)
    yield Outcome(
        panes=tuple(panes),
        values={
            "top": last.top,
            "training": last.training_share,
            "one": first.share.value,
            "four": middle.share.value,
            "eight": last.share.value,
            "gap": gap.value,
            "gap_low": gap.low,
            "gap_high": gap.high,
            "change": moved.value,
            "change_low": moved.low,
            "change_high": moved.high,
        },
        answer=_AMPLIFIED if gap.low > 0 else _RARER if gap.high < 0 else _ALIKE,
        table=(("commonest", "trained", "made", "95 %"), *(_row(each, w) for (_, w), each in found.items())),
        curves=tuple(
            Curve(
                f"{attribute}: {found[attribute, GUIDANCES[0]].top}",
                GUIDANCES,
                tuple(found[attribute, guidance].share.value for guidance in GUIDANCES),
            )
            for attribute in ATTRIBUTES
        ),
        x_label="guidance",
        y_label="share of training's commonest value",
    )


def _row(each: Skew, guidance: float) -> tuple[str, ...]:
    trained, made = f"{each.training_share:.0%}", f"{each.share.value:.0%}"
    return (f"{each.top}, w = {guidance:g}", trained, made, interval_of_top(each))


def _so_far(panes: tuple[Pane, ...], step: int, steps: int) -> Outcome:
    return Outcome(panes[-4:], progress=(step, steps))
