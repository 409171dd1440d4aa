"""What training updates: the denoiser, and the linear maps that only training needs."""

from typing import NamedTuple

from torch import Tensor, nn

from tdiff.torch_model.context import TEXT, masked_mean
from tdiff.torch_model.unet import UNet
from tdiff.train.likeness import NUMBERS as LIKENESS
from tdiff.train.whereabouts import NUMBERS as WHEREABOUTS


class Answers(NamedTuple):
    """What a trainee says of a batch.

    Attributes:
        v: (B, 3, 32, 32).
        of_noun: (B, L, 256) a likeness read from each token's state, see `likeness`.
        of_prompt: (B, 256) one read from the prompt's mean state.
        whereabouts: (B, L, 3) read from each token's state, see `whereabouts`.
        maps: where each cross-attention layer looks, (B, HW, L); empty unless asked for.
    """

    v: Tensor
    of_noun: Tensor
    of_prompt: Tensor
    whereabouts: Tensor
    maps: list[Tensor]


class Trainee(nn.Module):
    """The denoiser, and what reads likenesses and whereabouts from its prompt states.

    Args:
        unet: the denoiser.
        mapped: whether answers hold attention maps.
    """

    def __init__(self, unet: UNet, mapped: bool = False) -> None:
        super().__init__()
        self.unet, self.mapped = unet, mapped
        self.of_noun = nn.Linear(TEXT, LIKENESS)
        self.of_prompt = nn.Linear(TEXT, LIKENESS)
        self.whereabouts = nn.Linear(TEXT, WHEREABOUTS)

    def forward(self, x: Tensor, t: Tensor, ids: Tensor, states: Tensor) -> Answers:
        """As the denoiser: x (B, 3, 32, 32), t (B,), ids (B, L), states (B, L, TEXT)."""
        context, mask = self.unet.context(ids, states)
        maps: list[Tensor] = []
        v = self.unet.predict(x, t, context, mask, maps if self.mapped else None)
        mean = masked_mean(context, mask)
        return Answers(v, self.of_noun(context), self.of_prompt(mean), self.whereabouts(context), maps)
