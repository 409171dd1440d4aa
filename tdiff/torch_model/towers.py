"""The CLIP-style pair in PyTorch: text tower and image tower (Radford et al. 2021, arXiv 2103.00020)."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tdiff.torch_model.attention import attend

WIDTH = 128
HEADS = 4


class TextBlock(nn.Module):
    """Pre-norm transformer block: self-attention, then a SiLU perceptron."""

    def __init__(self, width: int = WIDTH, heads: int = HEADS) -> None:
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


class TextTower(nn.Module):
    """Token ids → one state per token, and one unit vector per prompt."""

    def __init__(self, vocabulary: int, length: int = 16, width: int = WIDTH, depth: int = 2) -> None:
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.places = nn.Parameter(torch.randn(length, width) * 0.02)
        self.blocks = nn.ModuleList([TextBlock(width) for _ in range(depth)])
        self.norm = nn.LayerNorm(width)
        self.project = nn.Linear(width, width, bias=False)
        nn.init.normal_(self.tokens.weight, std=0.05)

    def states(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """(B, L) ids → states (B, L, width), mask (B, L)."""
        mask = token_mask(ids)
        x = self.tokens(ids) + self.places[: ids.shape[1]]
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x), mask

    def forward(self, ids: Tensor) -> Tensor:
        """(B, L) ids → (B, width) unit vectors."""
        states, mask = self.states(ids)
        return F.normalize(self.project(masked_mean(states, mask)), dim=-1)


class ImageTower(nn.Module):
    """(B, 3, 32, 32) in [-1, 1] → (B, width) unit vectors. The flatten keeps position."""

    def __init__(self, width: int = WIDTH, channels: tuple[int, int, int] = (48, 96, 192)) -> None:
        super().__init__()
        a, b, c = channels
        self.stem = nn.Conv2d(12, a, 3, padding=1)
        self.stage1 = ConvResidual(a)
        self.down1 = nn.Conv2d(a, b, 3, stride=2, padding=1)
        self.stage2 = ConvResidual(b)
        self.down2 = nn.Conv2d(b, c, 3, stride=2, padding=1)
        self.stage3 = ConvResidual(c)
        self.norm = nn.GroupNorm(8, c)
        self.fc1 = nn.Linear(c * 16, 256)
        self.fc2 = nn.Linear(256, width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, 32, 32) → (B, width)."""
        h = self.stage1(self.stem(F.pixel_unshuffle(x, 2)))
        h = self.stage2(self.down1(h))
        h = F.silu(self.norm(self.stage3(self.down2(h))))
        flat = h.permute(0, 2, 3, 1).flatten(1)  # channels last, as the numpy engine stores it
        return F.normalize(self.fc2(F.silu(self.fc1(flat))), dim=-1)


class ConvResidual(nn.Module):
    """x + conv(silu(conv(silu(norm(x)))))."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(8, channels)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) → the same shape."""
        return x + self.conv2(F.silu(self.conv1(F.silu(self.norm(x)))))


class ClipPair(nn.Module):
    """Both towers and the learned temperature."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.text = TextTower(vocabulary)
        self.image = ImageTower()
        self.log_scale = nn.Parameter(torch.tensor(math.log(10.0)))

    def scale(self) -> Tensor:
        """Multiplier of cosine similarities in the softmax, at most 100."""
        return self.log_scale.exp().clamp(max=100.0)


def token_mask(ids: Tensor) -> Tensor:
    """True where a token stands; the first place always counts, so that the empty prompt is a token."""
    mask = ids != 0
    mask[:, 0] = True
    return mask


def masked_mean(states: Tensor, mask: Tensor) -> Tensor:
    """(B, L, width) averaged over the places where mask is True → (B, width)."""
    weight = mask[..., None].to(states.dtype)
    return (states * weight).sum(1) / weight.sum(1)
