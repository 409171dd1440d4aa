"""The CLIP-style pair in PyTorch: text tower and image tower (Radford et al. 2021, arXiv 2103.00020)."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tdiff.prompt.vocabulary import MAX_TOKENS
from tdiff.torch_model.context import TEXT, Context, TextBlock, masked_mean, token_mask


class TextTower(nn.Module):
    """Token ids → one state per token, and one unit vector per prompt.

    Training froze the states when the denoiser began to stand on them, and their mean hardly holds who stands where. So
    the vector is read from a `Context` of its own above them (docs/training.md, "The pair and the order").
    """

    def __init__(self, vocabulary: int, length: int = MAX_TOKENS, depth: int = 2) -> None:
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, TEXT)
        self.places = nn.Parameter(torch.randn(length, TEXT) * 0.02)
        self.blocks = nn.ModuleList([TextBlock() for _ in range(depth)])
        self.norm = nn.LayerNorm(TEXT)
        self.above = Context(vocabulary)
        self.project = nn.Linear(TEXT, TEXT, bias=False)
        nn.init.normal_(self.tokens.weight, std=0.05)

    def states(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """(B, L) ids → states (B, L, TEXT), mask (B, L)."""
        mask = token_mask(ids)
        x = self.tokens(ids) + self.places[: ids.shape[1]]
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x), mask

    def vector(self, read: Tensor, mask: Tensor) -> Tensor:
        """What `above` reads of the states (B, L, TEXT), mask (B, L) → (B, TEXT) unit vectors."""
        return F.normalize(self.project(masked_mean(read, mask)), dim=-1)

    def forward(self, ids: Tensor) -> Tensor:
        """(B, L) ids → (B, TEXT) unit vectors."""
        states, _ = self.states(ids)
        return self.vector(*self.above(ids, states))


class ImageTower(nn.Module):
    """(B, 3, 32, 32) in [-1, 1] → (B, TEXT) unit vectors. The flatten keeps position."""

    def __init__(self, channels: tuple[int, int, int] = (48, 96, 192)) -> None:
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
        self.fc2 = nn.Linear(256, TEXT)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, 32, 32) → (B, TEXT)."""
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
