"""A fourth thing that training may ask: that the map of a noun's token lies on its thing.

The token loss of TokenCompose (Wang et al. 2024, arXiv 2312.03626, eq. 4): of all that a token's cross-attention map
holds, the share outside its thing's box, squared. It costs nothing when sampling.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from tdiff.train.likeness import named_things
from tdiff.world.scenes import SIDE


def looking_loss(maps: Sequence[Tensor], ids: Tensor, things: Tensor, placed: Tensor) -> Tensor:
    """Mean over layers and named things of the squared share of a noun's map outside its box.

    Args:
        maps: of each layer (B, HW, L), where every place looks, over square maps.
        ids: (B, L) token ids.
        things: (B, 2, 2) from `likeness.shown_things`.
        placed: (B, 2, 4) from `whereabouts.boxes`.
    """
    boxes = placed.float()
    known = named_things(ids, things) & (boxes[..., 2] > 0)[:, None]  # (B, L, 2)
    total = boxes.new_zeros(())
    for looked in maps:
        side = math.isqrt(looked.shape[1])
        inside = looked.transpose(1, 2) @ _covered(boxes, side).to(looked.dtype)  # (B, L, 2)
        share = inside / looked.sum(1)[..., None].clamp_min(1e-6)
        total = total + ((1 - share).square() * known).sum() / known.sum().clamp_min(1)
    return total / max(len(maps), 1)


def _covered(boxes: Tensor, side: int) -> Tensor:
    """How much of each cell of a side × side map lies in each box: (B, 2, 4) → (B, side², 2), 0…1."""
    edge = torch.arange(side, device=boxes.device) * (SIDE / side)

    def along(low: Tensor, high: Tensor) -> Tensor:
        overlap = torch.minimum(edge + SIDE / side, high[..., None]) - torch.maximum(edge, low[..., None])
        return overlap.clamp_min(0) * (side / SIDE)

    across, down = along(boxes[..., 0], boxes[..., 2]), along(boxes[..., 1], boxes[..., 3])  # (B, 2, side)
    return (down[..., :, None] * across[..., None, :]).flatten(2).transpose(1, 2)
