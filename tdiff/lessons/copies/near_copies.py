"""Copy or create? The nearest of all training pictures, for pictures that the model makes and for unseen real ones."""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from tdiff.arrays import U8
from tdiff.evaluate.memorisation import Neighbours, held_out_neighbours, nearness, neighbours, training_picture
from tdiff.evaluate.prompts import Case, cases
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import playing
from tdiff.lessons.core.several import several
from tdiff.pipeline import to_pixels
from tdiff.views.figures import Pane
from tdiff.world.concepts import concepts
from tdiff.world.dataset import TRAIN_SIZE, described, example

_MADE, _UNSEEN = 12, 24
_CHOICE = 12  # places in the list of nouns where a seed can begin
_STEPS = 12
_SHOWN = 3  # of the pictures while they are made
_DRAWS = 2000  # of the bootstrap
_NEARER, _FARTHER, _SAME = range(3)


def near_copies(bench: Bench, made: int = _MADE, unseen: int = _UNSEEN) -> Iterator[Outcome]:
    """Search all training pictures for the nearest ones to single things in their own colours, made and real.

    Args:
        bench: whose seed and guidance count; its prompt does not.
        made: pictures to make.
        unseen: real scenes of the same kind that training never saw, the control.
    """
    first = bench.recipe.seed % _CHOICE
    wanted = cases("single", first + made)[first:]
    nouns = [concepts()[case.want.things[0].concept].name for case in wanted]
    trace = several(bench.pipeline, [case.prompt for case in wanted], bench.recipe.seed, _STEPS, bench.recipe.guidance)
    total = _STEPS + made + unseen
    yield from playing(trace, [case.prompt for case in wanted[:_SHOWN]], total=total)

    pictures = to_pixels(trace.final)
    found: list[Neighbours] = []
    for picture in pictures:
        found.append(neighbours(picture))
        yield _so_far(_pair(picture, found[-1], f"made: {nouns[len(found) - 1]}"), _STEPS + len(found), total)
    scenes = unseen_singles(unseen)
    control: list[Neighbours] = []
    for index in scenes:
        control += held_out_neighbours(1, first=index)
        panes = _pair(example(index).image, control[-1], "unseen real")
        yield _so_far(panes, _STEPS + made + len(control), total)

    near = nearness(found, control)
    low, high = _ratio_of_medians([each.distance for each in found], [each.distance for each in control])
    closest = int(np.argmin([each.distance for each in found]))
    closest_real = int(np.argmin([each.distance for each in control]))
    yield Outcome(
        panes=(
            *_pair(pictures[closest], found[closest], f"made: {nouns[closest]}"),
            *_pair(example(scenes[closest_real]).image, control[closest_real], "unseen real"),
        ),
        values={
            "made": near.distance,
            "real": near.control_distance,
            "twin": control[closest_real].distance,
            "low": low,
            "high": high,
            "below": round(near.below.value * made),
            "count": made,
            "unseen": unseen,
        },
        answer=_NEARER if high < 1 else _FARTHER if low > 1 else _SAME,
        table=_table(wanted, found),
    )


def _ratio_of_medians(made: Sequence[float], real: Sequence[float]) -> tuple[float, float]:
    """Bounds of the 95 % bootstrap interval of the median of some distances over that of others."""
    rng = np.random.default_rng(0)
    above, below = (
        np.median(rng.choice(np.asarray(each), (_DRAWS, len(each))), axis=1).clip(1e-9) for each in (made, real)
    )
    low, high = np.quantile(above / below, (0.025, 0.975))
    return float(low), float(high)


@cache
def unseen_singles(count: int) -> tuple[int, ...]:
    """The first held-out scenes that show one thing in its own colours, as the prompts of this experiment do."""
    chosen: list[int] = []
    index = TRAIN_SIZE
    while len(chosen) < count:
        scene, _ = described(index)
        thing = scene.objects[0]
        if scene.kind == "single" and thing.colour is None and concepts()[thing.sprite.concept].offered:
            chosen.append(index)
        index += 1
    return tuple(chosen)


def _pair(picture: U8, found: Neighbours, what: str) -> tuple[Pane, ...]:
    """A picture and the training picture nearest to it."""
    index = int(found.indices[0])
    return (Pane(what, picture), Pane("nearest trained on", training_picture(index), f"{found.distance:.3f} away"))


def _so_far(panes: tuple[Pane, ...], step: int, steps: int) -> Outcome:
    return Outcome(panes, progress=(step, steps))


def _table(wanted: Sequence[Case], found: Sequence[Neighbours]) -> tuple[tuple[str, ...], ...]:
    rows = (
        (case.prompt, f"{int(each.indices[0]):,}", f"{each.distance:.3f}", f"{each.ratio:.2f}")
        for case, each in zip(wanted, found, strict=True)
    )
    return (("made", "nearest no.", "distance", "ratio"), *rows)
