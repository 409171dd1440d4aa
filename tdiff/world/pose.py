"""How a drawing stands in its scene: slightly tilted, stretched, lighter or darker, and of a slightly other hue.

Things of one kind differ, and a drawing that is repeated exactly does not. The bounds are small enough for the noun and
the colour's name to stay true. A drawing always faces the way it was drawn: when half of them were mirrored and no
caption said which, guidance pushed towards the mean of both, and a fish had two tails.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.random import Generator

from tdiff.arrays import F32
from tdiff.world.sprites import averaged, drawing

_TILT: Final = 4.0, 8.0
"""Degrees: standard deviation and most."""
_STRETCH: Final = 0.035, 0.07
"""Logarithm of width by height: standard deviation and most."""
_SHADE: Final = 0.06
_HUE: Final = 5.0
_MARGIN: Final = 1.03
"""A tilted drawing is drawn this much smaller, so that its corners stay inside."""


@dataclass(frozen=True, slots=True)
class Pose:
    """What tells two showings of one drawing apart.

    Attributes:
        tilt: degrees, positive turns clockwise.
        stretch: width divided by height, 1 as drawn.
        shade: what the channels are multiplied by.
        hue: degrees around the gray axis.
    """

    tilt: float = 0.0
    stretch: float = 1.0
    shade: float = 1.0
    hue: float = 0.0


AS_DRAWN: Final = Pose()


def draw_pose(rng: Generator) -> Pose:
    """Draw a pose; four numbers of the generator."""
    tilt, stretch = rng.standard_normal(2)
    return Pose(
        tilt=_within(tilt, *_TILT),
        stretch=math.exp(_within(stretch, *_STRETCH)),
        shade=float(rng.uniform(1 - _SHADE, 1 + _SHADE)),
        hue=float(rng.uniform(-_HUE, _HUE)),
    )


def posed(index: int, colour: str | None, side: int, pose: Pose) -> F32:
    """Return a sprite in a pose, averaged down to side × side: premultiplied RGBA float32, channels 0…255."""
    source = drawing(index, colour)
    if pose.tilt or pose.stretch != 1:
        source = _turned(source, pose)
    small = averaged(source, side)
    if pose.shade == 1 and not pose.hue:
        return small
    channels = small[..., :3] @ _hue_matrix(round(pose.hue, 1)) * np.float32(pose.shade)
    return np.concatenate([np.clip(channels, 0, 255 * small[..., 3:]), small[..., 3:]], axis=-1)


def _within(normal: float, deviation: float, most: float) -> float:
    return float(min(most, max(-most, normal * deviation)))


def _turned(source: F32, pose: Pose) -> F32:
    """Sample a tile (n, n, 4) turned and stretched about its middle, bilinearly; nothing lies outside it."""
    side = len(source)
    angle, root = math.radians(pose.tilt), math.sqrt(pose.stretch)
    middle = (side - 1) / 2
    across, down = np.meshgrid(np.arange(side) - middle, np.arange(side) - middle)
    x = (math.cos(angle) * across + math.sin(angle) * down) * _MARGIN / root + middle
    y = (math.cos(angle) * down - math.sin(angle) * across) * _MARGIN * root + middle
    left, top = np.floor(x).astype(np.intp), np.floor(y).astype(np.intp)
    right_share, lower_share = (x - left).astype(np.float32)[..., None], (y - top).astype(np.float32)[..., None]
    padded = np.pad(source, ((2, 2), (2, 2), (0, 0)))
    left, top = np.clip(left, -2, side) + 2, np.clip(top, -2, side) + 2
    upper = padded[top, left] * (1 - right_share) + padded[top, left + 1] * right_share
    lower = padded[top + 1, left] * (1 - right_share) + padded[top + 1, left + 1] * right_share
    turned: F32 = upper * (1 - lower_share) + lower * lower_share
    return turned


@cache
def _hue_matrix(degrees: float) -> F32:
    """(3, 3) right factor that turns row vectors of RGB about the gray axis (Rodrigues' formula)."""
    angle = math.radians(degrees)
    third, part = (1 - math.cos(angle)) / 3, math.sin(angle) / math.sqrt(3)
    turn = np.full((3, 3), third) + np.eye(3) * math.cos(angle)
    turn += part * np.array([[0, 1, -1], [-1, 0, 1], [1, -1, 0]])
    return turn.astype(np.float32)
