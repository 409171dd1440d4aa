"""The look score: whether pictures of bare nouns look like drawings of those nouns."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tdiff.arrays import U8
from tdiff.evaluate.checker import Checker
from tdiff.evaluate.following import Generate
from tdiff.evaluate.judge import Thing, Want
from tdiff.evaluate.nearest_drawing import Drawings, Nearest
from tdiff.evaluate.real import real_picture
from tdiff.share import Share, share
from tdiff.world.captions import with_article
from tdiff.world.concepts import Concept, offered
from tdiff.world.usual_style import USUAL_STYLE


@dataclass(frozen=True, slots=True)
class LookScore:
    """Pictures of bare nouns, each against all drawings of the world.

    Attributes:
        made: pictures to which a drawing of their noun lies nearest.
        real: the same for real scenes of those nouns in the usual style.
        doubled: pictures that are nearer to a drawing's mean with its mirror image than to any drawing.
        missed: noun → pictures that look like none of its drawings, worst first.
    """

    made: Share
    real: Share
    doubled: int
    missed: Mapping[str, int]


def look_score(generate: Generate, checker: Checker, nouns: Sequence[Concept], seeds: int) -> LookScore:
    """Make pictures of bare nouns and find the drawing nearest to each.

    Args:
        generate: makes the pictures.
        checker: says where to search.
        nouns: what is asked for.
        seeds: pictures of each, every one with a seed of its own.
    """
    wanted = [noun for noun in nouns for _ in range(seeds)]
    made = generate([with_article(noun.name) for noun in wanted], [""] * len(wanted), list(range(len(wanted))))
    rng = np.random.default_rng(0)
    real = np.stack([real_picture(Want((Thing(noun.id),), style=USUAL_STYLE), rng) for noun in wanted])
    drawings = Drawings()
    found, found_real = (nearest_drawings(drawings, checker, pictures) for pictures in (made, real))
    right, right_real = (
        [near is not None and near.shows(noun.id) for near, noun in zip(each, wanted, strict=True)]
        for each in (found, found_real)
    )
    missed = Counter(noun.name for noun, good in zip(wanted, right, strict=True) if not good)
    return LookScore(
        made=share(sum(right), len(right)),
        real=share(sum(right_real), len(right_real)),
        doubled=sum(near is not None and near.doubled for near in found),
        missed=dict(missed.most_common()),
    )


def nearest_drawings(drawings: Drawings, checker: Checker, pictures: U8) -> list[Nearest | None]:
    """Find the drawing nearest to each of (n, 32, 32, 3) pictures, where the checker sees something."""
    return [drawings.nearest(picture, look) for picture, look in zip(pictures, checker.look(pictures), strict=True)]


def some_nouns(count: int) -> tuple[Concept, ...]:
    """Return so many of the nouns that prompts may use, evenly spread over their list; all where there are no more."""
    everything = offered()
    count = min(count, len(everything))
    return tuple(everything[place * len(everything) // count] for place in range(count))


def look_lines(score: LookScore) -> list[str]:
    """Return a plain table."""
    made = score.made
    worst = ", ".join(f"{noun} {count}" for noun, count in list(score.missed.items())[:24])
    return [
        "look: the drawing nearest to a picture of a bare noun is one of that noun",
        f"  {'pictures':<28}{made.value:6.2f}   {made.low:.2f} to {made.high:.2f} of {made.count}",
        f"  {'real scenes':<28}{score.real.value:6.2f}",
        f"  {'mirrored onto itself':<28}{score.doubled / max(made.count, 1):6.2f}",
        *([f"  missed most often: {worst}"] if worst else []),
    ]
