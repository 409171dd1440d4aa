"""Which arrays the parts of a trace hold, with their types and shapes."""

from typing import Final

from tdiff.traces.content import Wanted
from tdiff.traces.document import Head

PREVIEWS: Final = ("preview.x_t", "preview.eps", "preview.x0")
"""uint8 RGB (B, H, W, 3), in every step: the noisy pictures, the noise ε̂ at half strength, the clean guess."""
TENSORS: Final = ("x_t", "eps_pos", "eps_neg", "eps")
"""float16 (B, h, w, C), where tensors are kept: the noisy pictures; ε̂ with the prompt; ε̂ with the negative, where
the network was asked; and ε̂ as it was used, where guidance alone does not explain it."""
FINAL: Final = "preview.final"
"""uint8 RGB (B, H, W, 3), at the end: what the last step left, where it is known."""
PICTURE: Final = "picture"
"""uint8 RGB (B, height, width, 3), at the end: the finished pictures in full size, where they are known."""


def step_layout(head: Head) -> tuple[Wanted, frozenset[str]]:
    """What a step may hold, and what it must."""
    layout = {name: ("U8", tuple(head.preview_shape)) for name in PREVIEWS}
    needed = set(PREVIEWS)
    if head.batch_shape is not None:
        layout |= {name: ("F16", tuple(head.batch_shape)) for name in TENSORS}
        needed |= {"x_t", "eps_pos"}
    return layout, frozenset(needed)


def end_layout(head: Head, picture_size: tuple[int, int] | None) -> tuple[Wanted, frozenset[str]]:
    """What the end may hold, and what it must; `picture_size` is that of the finished pictures, if they are in it."""
    layout = {FINAL: ("U8", tuple(head.preview_shape))}
    if picture_size is not None:
        layout[PICTURE] = ("U8", (len(head.pictures), *picture_size, 3))
    return layout, frozenset(layout) - {FINAL}
