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
from torch import Tensor, nn

from tdiff.prompt.vocabulary import noun_id
from tdiff.train.towers import masked_mean
from tdiff.train.unet import TEXT, UNet
from tdiff.world.concepts import concepts
from tdiff.world.palette import COLOURS
from tdiff.world.scenes import Scene
from tdiff.world.sprites import resized, sprites

SIDE: Final = 8
_NUMBERS: Final = SIDE * SIDE * 4
OBJECTS: Final = 2
"""A scene shows at most so many different things."""
NOTHING: Final = len(sprites())
"""Stands for a sprite where a scene shows fewer things."""


class Trainee(nn.Module):
    """The denoiser, and what reads likenesses from its prompt states."""

    def __init__(self, unet: UNet) -> None:
        super().__init__()
        self.unet = unet
        self.of_noun = nn.Linear(TEXT, _NUMBERS)
        self.of_prompt = nn.Linear(TEXT, _NUMBERS)

    def forward(self, x: Tensor, t: Tensor, ids: Tensor, states: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As the denoiser; returns v, a likeness for each token (B, L, 256) and one for the prompt (B, 256)."""
        context, mask = self.unet.context(ids, states)
        v = self.unet.predict(x, t, context, mask)
        return v, self.of_noun(context), self.of_prompt(masked_mean(context, mask))


def shown_things(scene: Scene) -> NDArray[np.uint16]:
    """Sprite and paint of the different things in a scene, (2, 2); paint 0 is its natural colours."""
    found = dict.fromkeys(
        (item.sprite.index, 0 if item.colour is None else 1 + COLOURS.index(item.colour)) for item in scene.objects
    )
    things = np.full((OBJECTS, 2), (NOTHING, 0), np.uint16)
    for row, thing in enumerate(list(found)[:OBJECTS]):
        things[row] = thing
    return things


def likeness_loss(of_noun: Tensor, of_prompt: Tensor, ids: Tensor, things: NDArray[np.uint16]) -> Tensor:
    """Mean squared error of the likenesses of the things that the captions name; 0 where they name none.

    Args:
        of_noun: (B, L, 256) read from each token's state.
        of_prompt: (B, 256) read from the mean state.
        ids: (B, L) token ids.
        things: (B, 2, 2) from `shown_things`.
    """
    likenesses, nouns = (table.to(ids.device) for table in _tables())
    sprite = torch.from_numpy(things[..., 0].astype(np.int64)).to(ids.device)
    paint = torch.from_numpy(things[..., 1].astype(np.int64)).to(ids.device)
    target = likenesses[sprite, paint].float() / 255  # (B, 2, 256)
    named = nouns[sprite][:, None] == ids[..., None]  # (B, L, 2)
    at_token = (of_noun[:, :, None].float() - target[:, None]).square().mean(-1)
    whole = named.any(1).float()  # (B, 2)
    count = whole.sum(1)
    mean = (target * whole[..., None]).sum(1) / count.clamp_min(1)[:, None]
    at_prompt = (of_prompt.float() - mean).square().mean(-1)
    some = (count > 0).float()
    return (at_token * named).sum() / named.sum().clamp_min(1) + (at_prompt * some).sum() / some.sum().clamp_min(1)


@cache
def _tables() -> tuple[Tensor, Tensor]:
    """Likenesses (sprites + 1, paints, 256) uint8, and the noun's token id of each sprite (sprites + 1,)."""
    drawn = np.zeros((NOTHING + 1, 1 + len(COLOURS), _NUMBERS), np.uint8)
    nouns = np.full(NOTHING + 1, -1, np.int64)
    for sprite in sprites():
        nouns[sprite.index] = noun_id(concepts()[sprite.concept].name)
        for paint, colour in enumerate((None, *COLOURS)):
            drawn[sprite.index, paint] = resized(sprite.index, colour, SIDE, flip=False).round().reshape(-1)
    return torch.from_numpy(drawn), torch.from_numpy(nouns)
