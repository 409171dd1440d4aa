"""What the small denoiser learns from: sets of 4, 8, 40 and 400 sprites, each with a held-out control set.

The sets of 4, 8 and 40 are different drawings; their controls are as many other drawings. The set of 400 is
the eight drawings of set 8, smaller, painted in ten ways and moved about: its control is 400 other draws
of the same kind. So a control differs from its training set in nothing but having been left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import SettingError
from tdiff.world.concepts import STYLES, Concept, by_name, concepts
from tdiff.world.palette import COLOURS, TINTS
from tdiff.world.sprites import Sprite, resized, shown

SIDE: Final = 16
"""Width and height of a picture."""
SIZES: Final = (4, 8, 40, 400)
"""How many training pictures the sets have."""

_STYLE = STYLES.index("sticker")  # flat colours and firm outlines: what still reads at 16×16
_FIRST = (
    *("frog", "heart", "whale", "pumpkin", "mushroom", "penguin", "butterfly", "tree"),
    *("cat", "apple", "octopus", "ladybug", "lemon", "umbrella", "car", "pig"),
)  # first four, first eight, and their controls
_LEAST_APART = 0.1  # mean squared distance of two drawings; closer ones would be taken for each other
_LEAST_CONTRAST = 0.15  # mean squared distance from bare ground
_SMALL = 12  # side of a drawing that is moved about


@dataclass(frozen=True, eq=False)
class PictureSet:
    """Training pictures and their control.

    Attributes:
        train: (n, 16, 16, 3) float32 in [-1, 1], read-only; n is one of `SIZES`.
        held_out: as many of the same kind, never trained on.
        names: of the training pictures, such as "frog", or "blue frog" where it was painted.
        held_out_names: of the control.
    """

    train: F32
    held_out: F32
    names: tuple[str, ...]
    held_out_names: tuple[str, ...]


class _Variant(NamedTuple):
    """One picture of set 400; x and y are its left and top pixel."""

    name: str
    colour: str | None
    x: int
    y: int


@cache
def picture_set(size: int) -> PictureSet:
    """Return the set with this many training pictures, the same at every call.

    Args:
        size: one of `SIZES`.

    Raises:
        SettingError: If there is no such set.
    """
    if size not in SIZES:
        raise SettingError(
            f"there is no set of {size} training pictures", remedy=f"choose one of {', '.join(map(str, SIZES))}"
        )
    return _varied(size) if size == SIZES[-1] else _plain(size)


def _plain(size: int) -> PictureSet:
    names = _distinct_names()
    # Where the chosen names run out, every other one goes to the control, so that neither gets the clearer half.
    train = (*names[: len(_FIRST)], *names[len(_FIRST) :: 2])[:size]
    held_out = tuple(name for name in names if name not in train)[:size]
    return PictureSet(_stack(map(_portrait, train)), _stack(map(_portrait, held_out)), train, held_out)


def _varied(size: int) -> PictureSet:
    shifts = range(SIDE - _SMALL + 1)
    all_of_them = [
        _Variant(name, colour, x, y) for name in _FIRST[:8] for colour in _paints(name) for x in shifts for y in shifts
    ]
    order = np.random.Generator(np.random.PCG64(400)).permutation(len(all_of_them))
    train, held_out = ([all_of_them[i] for i in order[start : start + size]] for start in (0, size))
    return PictureSet(
        _stack(map(_painted, train)), _stack(map(_painted, held_out)), _names_of(train), _names_of(held_out)
    )


@cache
def _distinct_names() -> tuple[str, ...]:
    """Nouns whose drawings no one would take for each other: chosen ones, then the clearest first."""
    taken: list[str] = []
    portraits: list[F32] = []
    ground = _on_ground(np.zeros((SIDE, SIDE, 4), np.float32))
    for name in _candidates():
        portrait = _portrait(name)
        near = [float(np.square(portrait - other).mean()) for other in portraits]
        if min(near, default=1.0) >= _LEAST_APART and np.square(portrait - ground).mean() >= _LEAST_CONTRAST:
            taken.append(name)
            portraits.append(portrait)
        if len(taken) == 2 * SIZES[-2]:
            break
    return tuple(taken)


def _candidates() -> Iterator[str]:
    yield from _FIRST
    drawn: list[Concept] = [concept for concept in concepts() if _STYLE in shown().get(concept.id, {})]
    yield from (concept.name for concept in sorted(drawn, key=lambda c: (c.tier, c.id)) if concept.name not in _FIRST)


def _portrait(name: str) -> F32:
    return _on_ground(_sprite(name, None, SIDE))


def _painted(variant: _Variant) -> F32:
    canvas = np.zeros((SIDE, SIDE, 4), np.float32)
    rows, columns = slice(variant.y, variant.y + _SMALL), slice(variant.x, variant.x + _SMALL)
    canvas[rows, columns] = _sprite(variant.name, variant.colour, _SMALL)
    return _on_ground(canvas)


def _paints(name: str) -> tuple[str | None, ...]:
    """Colours that look different from one another on this drawing and on the ground; None leaves it as it is."""
    return (None, *(colour for colour in COLOURS if colour not in ("white", _drawing(name).natural)))


def _drawing(name: str) -> Sprite:
    return shown()[by_name()[name].id][_STYLE]


def _sprite(name: str, colour: str | None, side: int) -> F32:
    return resized(_drawing(name).index, colour, side)


def _on_ground(premultiplied: F32) -> F32:
    """(16, 16, 3) in [-1, 1] from premultiplied RGBA."""
    ground = np.array(TINTS[0], np.float32)
    channels = premultiplied[..., :3] + ground * (1 - premultiplied[..., 3:])
    picture: F32 = np.clip(channels / np.float32(127.5) - 1, -1, 1)
    return picture


def _names_of(variants: list[_Variant]) -> tuple[str, ...]:
    return tuple(f"{each.colour} {each.name}" if each.colour else each.name for each in variants)


def _stack(pictures: Iterator[F32]) -> F32:
    stacked = np.stack(list(pictures)).astype(np.float32)
    stacked.flags.writeable = False
    return stacked
