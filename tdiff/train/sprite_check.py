"""How far a sprite sheet that was built again is from the one that ships."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tdiff.arrays import U8
from tdiff.world.concepts import STYLES
from tdiff.world.sprites import sheet, sprites

PIXELS: Final = 0.25
"""Largest mean absolute difference of a sprite's channels, of 255, that is taken for rounding.

One row trimmed more or less gives 0.4 to 15.
"""
SHARES: Final = 64
"""Largest difference of a colour share, in 255ths: one area of the drawing under another name, not several."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What ships.

    Attributes:
        rgba: (n, 48, 48, 4) uint8.
        pairs: concept id and style of each.
        shares: (n, 11) colour shares in 255ths.
    """

    rgba: U8
    pairs: list[tuple[int, int]]
    shares: NDArray[np.int_]


def shipped() -> Sheet:
    """Read the sheet in `assets/world`."""
    shares = np.array([sprite.shares for sprite in sprites()])
    pairs = [(sprite.concept, sprite.style) for sprite in sprites()]
    return Sheet(sheet(), pairs, np.round(shares * 255).astype(int))


def compare(before: Sheet, rgba: Sequence[U8], rows: Sequence[Sequence[Any]]) -> tuple[str, bool]:
    """Say how a sheet that was built again differs from the one that ships.

    Args:
        before: what ships.
        rgba: sprites as built, (48, 48, 4) uint8 each.
        rows: concept id, style and colour shares of each, as in `sprites.json`.

    Returns:
        A table for people, and whether all differences are within `PIXELS` and `SHARES`.
    """
    pairs = [(concept, style) for concept, style, _ in rows]
    if pairs != before.pairs:
        odd = sorted(set(pairs) ^ set(before.pairs))
        return f"the sheets hold other drawings or in another order; in one only (concept, style): {odd}", False
    difference = np.abs(np.stack(rgba).astype(int) - before.rgba)
    mean, largest = difference.mean((1, 2, 3)), difference.max((1, 2, 3))  # (n,) both
    lines = [f"{'style':<10} {'sprites':>8} {'identical':>10} {'mean difference':>16} {'largest':>8}  (of 255)"]
    for style, name in enumerate(STYLES):
        own = np.array([pair[1] == style for pair in pairs])
        if own.any():
            same = int((largest[own] == 0).sum())
            lines.append(f"{name:<10} {own.sum():>8} {same:>10} {mean[own].mean():>16.4f} {largest[own].max():>8}")
    shares = np.array([row[2] for row in rows])
    apart = np.abs(shares - before.shares)  # (n, 11)
    same_main = shares.argmax(1) == before.shares.argmax(1)
    identical, near = int((apart.max(1) == 0).sum()), int((apart.max(1) <= 1).sum())
    lines += [
        f"colour shares: all eleven identical in {identical}, within 1/255 in {near},",
        f"the same main colour in {same_main.sum()} of {len(rows)},",
        f"mean difference {apart.mean() / 255:.4f}, largest {apart.max() / 255:.2f}",
        f"allowed: a mean difference of {PIXELS} in any sprite, {SHARES / 255:.2f} in any share",
    ]
    return "\n".join(lines), bool(mean.max() <= PIXELS and apart.max() <= SHARES)
