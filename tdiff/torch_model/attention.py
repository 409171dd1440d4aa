"""Scaled dot-product attention (Vaswani et al. 2017, §3.2.1), quick to train on a CPU in bfloat16 too."""

import torch
import torch.nn.functional as F
from torch import Tensor


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, maps: list[Tensor] | None = None) -> Tensor:
    """Mix values by how well their keys fit a query.

    Under autocast on a CPU it is written out, with the softmax in float32: PyTorch's own takes six times as long for
    its backward pass in bfloat16 as in float32, and twice as long in float32 as this does.

    Args:
        q: (B, heads, N, C) queries.
        k: (B, heads, L, C) keys.
        v: (B, heads, L, C) values.
        mask: (B, 1, 1, L), True where a key may be seen.
        maps: takes up where each query looked, (B, N, L), the mean over heads.

    Returns:
        (B, heads, N, C).
    """
    if maps is None and not (q.device.type == "cpu" and torch.is_autocast_enabled("cpu")):
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    scores = (q.contiguous() * q.shape[-1] ** -0.5) @ k.contiguous().transpose(-1, -2)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    looked = scores.softmax(-1, torch.float32)
    if maps is not None:
        maps.append(looked.mean(1))
    return looked.to(v.dtype) @ v.contiguous()
