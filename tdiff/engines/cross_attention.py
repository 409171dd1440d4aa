"""Where a checkpoint's U-Net looks: the attention that its places pay to the tokens of a text."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from tdiff.arrays import F32

if TYPE_CHECKING:
    from torch import Tensor

_TO_TEXT: Final = ".attn2."
"""What the names of the layers hold that attend to the text and not to the picture, in diffusers."""


@contextmanager
def attention_kept(unet: Any) -> Iterator["list[Tensor]"]:
    """Have every cross-attention layer tell where it looks; what it predicts stays bit for bit what it was.

    Args:
        unet: a UNet2DConditionModel.

    Yields:
        A list that each layer appends to when it runs: (B, places, tokens), a mean over heads.
    """
    before = dict(unet.attn_processors)
    kept: list[Tensor] = []
    unet.set_attn_processor({name: _Telling(each, kept) if _TO_TEXT in name else each for name, each in before.items()})
    try:
        yield kept
    finally:
        unet.set_attn_processor(before)


def as_maps(kept: "list[Tensor]", height: int, width: int) -> tuple[F32, ...]:
    """Return what was kept as maps (B, 1, rows, columns, tokens), of which each place's sum to 1.

    Args:
        kept: by `attention_kept`.
        height: of the latents, which the layers see at whole, half, quarter … size.
        width: likewise.
    """
    maps = []
    for layer in kept:
        batch, places, tokens = layer.shape
        rows = round((places * height / width) ** 0.5)
        shares: F32 = layer.float().cpu().numpy().reshape(batch, 1, rows, places // rows, tokens)
        maps.append(shares)
    return tuple(maps)


class _Telling:
    """A layer's own way to attend, which also tells where it looks.

    Args:
        own: computes what the layer hands on.
        kept: where its shares go.
    """

    def __init__(self, own: Any, kept: "list[Tensor]") -> None:
        self._own, self._kept = own, kept

    def __call__(
        self, attn: Any, hidden_states: "Tensor", encoder_hidden_states: Any = None, *args: Any, **more: Any
    ) -> Any:
        """Attend, as diffusers calls it."""
        text = encoder_hidden_states
        if text is not None and hidden_states.ndim == 3:
            text = attn.norm_encoder_hidden_states(text) if attn.norm_cross else text
            query, key = attn.head_to_batch_dim(attn.to_q(hidden_states)), attn.head_to_batch_dim(attn.to_k(text))
            shares = attn.get_attention_scores(query, key)  # (B · heads, places, tokens)
            self._kept.append(shares.reshape(len(hidden_states), -1, *shares.shape[1:]).mean(dim=1))
        return self._own(attn, hidden_states, encoder_hidden_states, *args, **more)
