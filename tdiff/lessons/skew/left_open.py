"""A heart, and no word about its colour: does the model copy the skew of its training, and what does guidance do?"""

from collections.abc import Iterator

import numpy as np

from tdiff.arrays import U8
from tdiff.evaluate.bias import ATTRIBUTES, Interval, Skew
from tdiff.evaluate.bias_rules import object_mask
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
_SAID = ("rarer", "about as common", "commoner")
_GRAY = 1e-3  # least vividness, so that a ratio can be made


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
    gaps = {attribute: _gap(found[attribute, GUIDANCES[-1]]) for attribute in ATTRIBUTES}
    gap = gaps["colour"]
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
            **{f"{attribute}_top": found[attribute, GUIDANCES[-1]].top for attribute in ATTRIBUTES},
            **{f"{attribute}_said": _SAID[_answer(each)] for attribute, each in gaps.items()},
            "vivid": vividness(pictures[GUIDANCES[0]]) / vividness(open_scenes(concept, "colour", count=samples)),
        },
        answer=_answer(gap),
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


def _gap(each: Skew) -> Interval:
    """How much commoner training's commonest value is in what was made."""
    return change(each.training, each.made, each.top)


def _answer(gap: Interval) -> int:
    return _AMPLIFIED if gap.low > 0 else _RARER if gap.high < 0 else _ALIKE


def vividness(pictures: U8) -> float:
    """Return how far the channels of the thing's pixels lie apart, on average over pictures (n, 32, 32, 3): 0 gray … 1.

    Without guidance a prediction averages what is possible, and an average of colours is grayer than each of them.
    """
    each = [np.ptp(picture[mask], axis=-1).mean() for picture in pictures if (mask := object_mask(picture)).any()]
    return max(float(np.mean(each)) / 255, _GRAY) if each else _GRAY


def _row(each: Skew, guidance: float) -> tuple[str, ...]:
    trained, made = f"{each.training_share:.0%}", f"{each.share.value:.0%}"
    return (f"{each.top}, w = {guidance:g}", trained, made, interval_of_top(each))


def _so_far(panes: tuple[Pane, ...], step: int, steps: int) -> Outcome:
    return Outcome(panes[-4:], progress=(step, steps))
