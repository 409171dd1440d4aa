"""The denoiser in PyTorch: a small text-conditional U-Net that predicts v.

Three resolutions (16, 8, 4) on 2×2 pixel-unshuffled input. Skips are added, not concatenated, and
pictures are halved and doubled by pixel (un)shuffle with a linear map: both turn convolutions into
fewer, larger matrix products, which is what numpy is good at.
"""

import math
from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tdiff.torch_model.attention import attend
from tdiff.torch_model.context import TEXT, Context, masked_mean

EMBED = 256  # width of the time-and-prompt embedding
HEAD = 32  # channels an attention head
GROUPS = 8
DETAIL = 16  # channels at full resolution, before the last convolution


class ResBlock(nn.Module):
    """Two 3×3 convolutions; time and prompt enter as scale and shift after the second norm."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, channels)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.modulate = nn.Linear(EMBED, 2 * channels)
        self.norm2 = nn.GroupNorm(GROUPS, channels, affine=False)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        """(B, C, H, W), (B, EMBED) → (B, C, H, W)."""
        scale, shift = self.modulate(embedding)[:, :, None, None].chunk(2, 1)
        h = self.conv1(F.silu(self.norm1(x)))
        return x + self.conv2(F.silu(self.norm2(h) * (1 + scale) + shift))


class SelfAttention(nn.Module):
    """Every place looks at every other place."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, channels)
        self.qkv = nn.Linear(channels, 3 * channels)
        self.out = nn.Linear(channels, channels)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) → the same shape."""
        batch, channels, height, width = x.shape
        flat = self.norm(x).flatten(2).transpose(1, 2)  # (B, HW, C)
        q, k, v = self.qkv(flat).view(batch, height * width, 3, channels // HEAD, HEAD).permute(2, 0, 3, 1, 4)
        mixed = attend(q, k, v).transpose(1, 2).reshape(batch, height * width, channels)
        return x + self.out(mixed).transpose(1, 2).view_as(x)


class CrossAttention(nn.Module):
    """Every place looks at every token of the prompt."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, channels)
        self.query = nn.Linear(channels, channels)
        self.key_value = nn.Linear(TEXT, 2 * channels)
        self.out = nn.Linear(channels, channels)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor, context: Tensor, mask: Tensor, maps: list[Tensor] | None = None) -> Tensor:
        """(B, C, H, W), context (B, L, TEXT), mask (B, L) → (B, C, H, W); `maps` takes up (B, HW, L)."""
        batch, channels, height, width = x.shape
        heads = channels // HEAD
        flat = self.norm(x).flatten(2).transpose(1, 2)
        q = self.query(flat).view(batch, height * width, heads, HEAD).transpose(1, 2)
        k, v = self.key_value(context).view(batch, -1, 2, heads, HEAD).permute(2, 0, 3, 1, 4)
        mixed = attend(q, k, v, mask[:, None, None, :], maps)
        return x + self.out(mixed.transpose(1, 2).reshape(batch, height * width, channels)).transpose(1, 2).view_as(x)


class Stage(nn.Module):
    """A residual block, self-attention below full size, and cross-attention to the prompt."""

    def __init__(self, channels: int, self_attention: bool) -> None:
        super().__init__()
        self.block = ResBlock(channels)
        self.self_attention = SelfAttention(channels) if self_attention else None
        self.cross_attention = CrossAttention(channels)

    def forward(
        self, x: Tensor, embedding: Tensor, context: Tensor, mask: Tensor, maps: list[Tensor] | None = None
    ) -> Tensor:
        """(B, C, H, W) → the same shape."""
        x = self.block(x, embedding)
        if self.self_attention is not None:
            x = self.self_attention(x)
        return self.cross_attention(x, context, mask, maps)


class UNet(nn.Module):
    """v-prediction for 32×32 pictures, conditioned on noise level and prompt.

    Args:
        vocabulary: number of tokens.
        widths: channels at 16×16, 8×8 and 4×4, multiples of 32.
        depths: stages on the way down at 16 and 8, at 4, and on the way up at 8 and 16.
    """

    def __init__(
        self,
        vocabulary: int,
        widths: tuple[int, int, int] = (64, 128, 256),
        depths: tuple[int, int, int, int, int] = (1, 2, 2, 3, 3),
    ) -> None:
        super().__init__()
        a, b, c = widths
        self.context = Context(vocabulary)
        self.time1 = nn.Linear(128, EMBED)
        self.time2 = nn.Linear(EMBED, EMBED)
        self.pool = nn.Linear(TEXT, EMBED)
        self.stem = nn.Conv2d(12, a, 3, padding=1)
        self.down16 = nn.ModuleList([Stage(a, False) for _ in range(depths[0])])
        self.shrink8 = nn.Linear(4 * a, b)
        self.down8 = nn.ModuleList([Stage(b, True) for _ in range(depths[1])])
        self.shrink4 = nn.Linear(4 * b, c)
        self.middle = nn.ModuleList([Stage(c, True) for _ in range(depths[2])])
        self.grow8 = nn.Linear(c, 4 * b)
        self.up8 = nn.ModuleList([Stage(b, True) for _ in range(depths[3])])
        self.grow16 = nn.Linear(b, 4 * a)
        self.up16 = nn.ModuleList([Stage(a, False) for _ in range(depths[4])])
        self.norm = nn.GroupNorm(GROUPS, a)
        self.detail = nn.Conv2d(a, 4 * DETAIL, 3, padding=1)
        self.last = nn.Conv2d(DETAIL, 3, 3, padding=1)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, x: Tensor, t: Tensor, ids: Tensor, states: Tensor) -> Tensor:
        """Predict v.

        Args:
            x: (B, 3, 32, 32) noisy pictures.
            t: (B,) in [0, 1]; the embedding sees 1000·t.
            ids: (B, L) token ids.
            states: (B, L, TEXT) frozen text states.

        Returns:
            (B, 3, 32, 32).
        """
        return self.predict(x, t, *self.context(ids, states))

    def predict(self, x: Tensor, t: Tensor, context: Tensor, mask: Tensor, maps: list[Tensor] | None = None) -> Tensor:
        """Predict v from a context that was encoded before, (B, L, TEXT) with its mask (B, L).

        `maps` takes up where each cross-attention layer looks, (B, HW, L), in the network's order.
        """
        e = self.time2(F.silu(self.time1(time_features(t)))) + self.pool(masked_mean(context, mask))
        given = (F.silu(e), context, mask, maps)
        h = self.stem(F.pixel_unshuffle(x, 2))
        h16 = _run(self.down16, h, *given)
        h8 = _run(self.down8, _pointwise(self.shrink8, F.pixel_unshuffle(h16, 2)), *given)
        h = _run(self.middle, _pointwise(self.shrink4, F.pixel_unshuffle(h8, 2)), *given)
        h = h8 + F.pixel_shuffle(_pointwise(self.grow8, h), 2)
        h = _run(self.up8, h, *given)
        h = h16 + F.pixel_shuffle(_pointwise(self.grow16, h), 2)
        h = _run(self.up16, h, *given)
        h = F.pixel_shuffle(self.detail(F.silu(self.norm(h))), 2)
        return self.last(F.silu(h))


def unet_of(tensors: Mapping[str, Tensor]) -> UNet:
    """Return the network whose tensors these are, however many stages it has, ready to predict."""
    parts = ("down16", "down8", "middle", "up8", "up16")
    a, b, c, d, e = (len({name.split(".")[1] for name in tensors if name.startswith(f"{part}.")}) for part in parts)
    unet = UNet(len(tensors["context.tokens.weight"]), depths=(a, b, c, d, e))
    unet.load_state_dict(dict(tensors))
    return unet.eval()


def time_features(t: Tensor, width: int = 128) -> Tensor:
    """(B,) in [0, 1] → (B, width): cosines, then sines, of 1000·t (Vaswani et al. 2017, §3.5)."""
    half = width // 2
    rates = torch.exp(-math.log(10000.0) * torch.arange(half, device=t.device) / half)
    angles = 1000.0 * t[:, None] * rates
    return torch.cat([angles.cos(), angles.sin()], -1)


def _run(stages: nn.ModuleList, h: Tensor, *given: Tensor | list[Tensor] | None) -> Tensor:
    for stage in stages:
        h = stage(h, *given)
    return h


def _pointwise(layer: nn.Linear, h: Tensor) -> Tensor:
    """A linear map at every place: (B, C, H, W) → (B, C', H, W)."""
    return layer(h.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
