"""Frozen text states → what a network reads of a prompt: transformer blocks over tokens that know their places."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tdiff.prompt.vocabulary import MAX_TOKENS
from tdiff.torch_model.attention import attend

TEXT = 128
"""Width of the text states, and of the pair's vectors."""

HEADS = 4


class TextBlock(nn.Module):
    """Pre-norm transformer block: self-attention, then a SiLU perceptron."""

    def __init__(self, width: int = TEXT, heads: int = HEADS) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, L, width), mask (B, L) True where there is a token → (B, L, width)."""
        batch, length, width = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        mixed = attend(q, k, v, mask[:, None, None, :])
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, length, width))
        return x + self.fc2(F.silu(self.fc1(self.norm2(x))))


class Context(nn.Module):
    """Frozen text states and a token embedding of its own → one state a token.

    The denoiser has one, which cross-attention reads, and the pair has one, whose mean becomes the prompt's vector. The
    learned places say who stands first: the text tower's own are a fiftieth of the size of its states, and without
    these a noun as first and as second thing differed by 7 % of what two nouns differ by (docs/training.md).
    """

    def __init__(self, vocabulary: int, depth: int = 2) -> None:
        super().__init__()
        self.places = nn.Parameter(torch.randn(MAX_TOKENS, TEXT) * 0.2)
        self.tokens = nn.Embedding(vocabulary, TEXT)
        self.project = nn.Linear(TEXT, TEXT)
        self.blocks = nn.ModuleList([TextBlock() for _ in range(depth)])
        self.norm = nn.LayerNorm(TEXT)
        nn.init.normal_(self.tokens.weight, std=0.5)

    def forward(self, ids: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
        """Ids (B, L) and text states (B, L, TEXT) → context (B, L, TEXT), mask (B, L)."""
        mask = token_mask(ids)
        x = self.tokens(ids) + self.project(states) + self.places[: ids.shape[1]]
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x), mask


def token_mask(ids: Tensor) -> Tensor:
    """True where a token stands; the first place always counts, so that the empty prompt is a token."""
    mask = ids != 0
    mask[:, 0] = True
    return mask


def masked_mean(states: Tensor, mask: Tensor) -> Tensor:
    """(B, L, width) averaged over the places where mask is True → (B, width)."""
    weight = mask[..., None].to(states.dtype)
    return (states * weight).sum(1) / weight.sum(1)
