"""A third thing that training asks of the prompt's states: where each named thing stands.

The loss on v hardly asks who stands left of whom: of all that a picture needs, that is the last thing it teaches. So a
linear map reads the centre and size of its thing from each noun's state. It learns in minutes from captions alone
(`tdiff.train.places`), and the U-Net then finds the answer in the states that it reads. The map does not ship.
"""

from typing import Final

import numpy as np
import torch
from torch import Tensor

from tdiff.arrays import U8
from tdiff.train.likeness import OBJECTS, named_things
from tdiff.world.scenes import SIDE, Scene

NUMBERS: Final = 3
"""Centre x, centre y and side, as shares of the picture's side."""


def boxes(scene: Scene) -> U8:
    """Left, top, right and bottom of the things in a scene, (2, 4) pixels, in the order of `likeness.shown_things`.

    Zeros where there is no such thing, or several of its kind.
    """
    found = np.zeros((OBJECTS, 4), np.uint8)
    if scene.kind != "count":
        for row, item in enumerate(scene.objects):
            found[row] = item.box
    return found


def exchanged_boxes(placed: Tensor) -> Tensor:
    """Boxes (n, 2, 4) of scenes whose two things stand in each other's place; sides stay, as in `scenes.exchanged`."""
    low, high = placed.float().split(2, -1)
    side, centre = high - low, ((low + high) / 2).flip(1)
    corner = torch.minimum((centre - side / 2).round().clamp_min(0), SIDE - side)
    return torch.cat([corner, corner + side], -1).to(placed.dtype)


def whereabouts_loss(read: Tensor, ids: Tensor, things: Tensor, placed: Tensor) -> Tensor:
    """Mean squared error of centre and side at the nouns whose one thing is known; 0 where there are none.

    Args:
        read: (B, L, 3) from each token's state.
        ids: (B, L) token ids.
        things: (B, 2, 2) from `likeness.shown_things`.
        placed: (B, 2, 4) from `boxes`.
    """
    target, known = told_whereabouts(ids, things, placed)
    error = (read.float()[:, :, None] - target[:, None]).square().mean(-1)
    return (error * known).sum() / known.sum().clamp_min(1)


def told_whereabouts(ids: Tensor, things: Tensor, placed: Tensor) -> tuple[Tensor, Tensor]:
    """Centre and side of each thing, (B, 2, 3), and which tokens tell them, (B, L, 2); see `whereabouts_loss`."""
    low, high = (placed.float() / SIDE).split(2, -1)
    target = torch.cat([(low + high) / 2, (high - low)[..., :1]], -1)
    return target, named_things(ids, things) & (placed[..., 2] > 0)[:, None]
