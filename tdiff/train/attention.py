"""Scaled dot-product attention (Vaswani et al. 2017, §3.2.1), written out.

PyTorch's own is slow on CPUs for so few keys, and its backward pass in bfloat16 six times slower than in float32.
"""

from torch import Tensor, float32


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """Mix values by how well their keys fit a query; under autocast in its type, but for the softmax.

    Args:
        q: (B, heads, N, C) queries.
        k: (B, heads, L, C) keys.
        v: (B, heads, L, C) values.
        mask: (B, 1, 1, L), True where a key may be seen.

    Returns:
        (B, heads, N, C).
    """
    scores = (q.contiguous() * q.shape[-1] ** -0.5) @ k.contiguous().transpose(-1, -2)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(-1, float32).to(v.dtype) @ v.contiguous()
