"""A second thing that training asks of the prompt's states: what the named things look like, in outline.

The frozen text states hardly tell apart how two styles draw the same thing, and the loss on v alone is slow to teach
the trainable blocks above them to. So while training, a linear map reads from each noun's state an 8×8 likeness of the
drawing that the caption names, painted as it says, and another reads the same from the whole prompt's mean. Neither map
ships, and sampling never sees a likeness.
"""

from functools import cache
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tdiff.prompt.vocabulary import noun_id
from tdiff.world.concepts import concepts
from tdiff.world.palette import COLOURS
from tdiff.world.scenes import Scene
from tdiff.world.sprites import resized, sprites

SIDE: Final = 8
NUMBERS: Final = SIDE * SIDE * 4
"""Of a likeness: RGBA of 8×8 pixels, premultiplied, 0…1."""
OBJECTS: Final = 2
"""A scene shows at most so many different things."""
NOTHING: Final = len(sprites())
"""Stands for a sprite where a scene shows fewer things."""


def shown_things(scene: Scene) -> NDArray[np.uint16]:
    """Sprite and paint of the different things in a scene, (2, 2); paint 0 is its natural colours."""
    found = dict.fromkeys(
        (item.sprite.index, 0 if item.colour is None else 1 + COLOURS.index(item.colour)) for item in scene.objects
    )
    things = np.full((OBJECTS, 2), (NOTHING, 0), np.uint16)
    for row, thing in enumerate(list(found)[:OBJECTS]):
        things[row] = thing
    return things


def likeness_loss(of_noun: Tensor, of_prompt: Tensor, ids: Tensor, things: Tensor) -> Tensor:
    """Mean squared error of the likenesses of the things that the captions name; 0 where they name none.

    Args:
        of_noun: (B, L, 256) read from each token's state.
        of_prompt: (B, 256) read from the mean state.
        ids: (B, L) token ids.
        things: (B, 2, 2) from `shown_things`.
    """
    sprite, paint = things.unbind(-1)
    target = _likenesses(ids.device)[sprite, paint].float() / 255  # (B, 2, 256)
    named = named_things(ids, things)
    at_token = (of_noun[:, :, None].float() - target[:, None]).square().mean(-1)
    whole = named.any(1).float()  # (B, 2)
    count = whole.sum(1)
    mean = (target * whole[..., None]).sum(1) / count.clamp_min(1)[:, None]
    at_prompt = (of_prompt.float() - mean).square().mean(-1)
    some = (count > 0).float()
    return (at_token * named).sum() / named.sum().clamp_min(1) + (at_prompt * some).sum() / some.sum().clamp_min(1)


def named_things(ids: Tensor, things: Tensor) -> Tensor:
    """Say which tokens (B, L) are the nouns of which things, (B, 2, 2) as `shown_things` has them: (B, L, 2) bool."""
    return _nouns(ids.device)[things[..., 0]][:, None] == ids[..., None]


@cache
def _likenesses(device: torch.device) -> Tensor:
    """(sprites + 1, paints, 256) uint8."""
    drawn = np.zeros((NOTHING + 1, 1 + len(COLOURS), NUMBERS), np.uint8)
    for sprite in sprites():
        for paint, colour in enumerate((None, *COLOURS)):
            drawn[sprite.index, paint] = resized(sprite.index, colour, SIDE).round().reshape(-1)
    return torch.from_numpy(drawn).to(device)


@cache
def _nouns(device: torch.device) -> Tensor:
    """The noun's token id of each sprite, (sprites + 1,); -1 for nothing."""
    return torch.tensor([*(noun_id(concepts()[sprite.concept].name) for sprite in sprites()), -1], device=device)
