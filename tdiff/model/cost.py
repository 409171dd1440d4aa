"""How much arithmetic the denoiser is, however it is done."""

from collections.abc import Mapping
from math import prod
from types import MappingProxyType
from typing import Final

_PLACES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "stem": 256, "down16": 256, "up16": 256, "detail": 256, "last": 1024,
        "shrink8": 64, "down8": 64, "up8": 64, "grow16": 64,
        "shrink4": 16, "middle": 16, "grow8": 16,
        "time1": 1, "time2": 1, "pool": 1,
    }
)  # fmt: skip
"""At how many places of a picture the weights of a part are used."""


def flop(shapes: Mapping[str, tuple[int, ...]], tokens: int = 16) -> int:
    """Multiplications and additions of a forward pass for one picture, done plainly.

    Every weight counts twice for each place where it is used. What attention multiplies by itself and the text before
    it are left out.

    Args:
        shapes: of the denoiser's tensors, by their names.
        tokens: of the prompt.
    """
    return sum(2 * prod(shape) * _places(name, tokens) for name, shape in shapes.items() if len(shape) > 1)


def _places(name: str, tokens: int) -> int:
    if ".key_value." in name:
        return tokens
    if ".modulate." in name:
        return 1
    return _PLACES.get(name.split(".")[0], 0)  # none for the context
