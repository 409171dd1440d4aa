"""Small pictures of what a word means, arranged from the drawings that the models learned from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tdiff.arrays import U8
from tdiff.world.concepts import STYLES, by_name
from tdiff.world.layout import POSITIONS
from tdiff.world.palette import TINTS, rgb
from tdiff.world.sprites import resized, shown
from tdiff.world.usual_style import USUAL_STYLE

_GROUND: Final = TINTS[1]
_ONE, _OTHER, _STYLED = "star", "heart", "cat"
_COLOURED: Final = "blue"
_PAIRS: Final = {
    "and": ((0.26, 0.5), (0.74, 0.5)),
    "next to": ((0.26, 0.5), (0.74, 0.5)),
    "left of": ((0.26, 0.5), (0.74, 0.5)),
    "right of": ((0.74, 0.5), (0.26, 0.5)),
    "above": ((0.5, 0.26), (0.5, 0.74)),
    "below": ((0.5, 0.74), (0.5, 0.26)),
}
"""Relation → centres of the first and the second thing, as shares of the side."""
_COUNTS: Final = {"two": 2, "three": 3, "four": 4}
_SLOTS: Final = ((0.27, 0.27), (0.73, 0.27), (0.27, 0.73), (0.73, 0.73))


@dataclass(frozen=True, slots=True)
class _Item:
    """A drawing: of which noun, how large and where, as shares of the picture's side."""

    noun: str
    size: float
    centre: tuple[float, float]
    style: int = USUAL_STYLE


def emblem(kind: str, word: str, side: int) -> U8:
    """Paint what a word means.

    Args:
        kind: "noun", "colour", "style", "size", "count", "position", "relation" or "background".
        word: of that kind, as `tdiff.prompt.word_list` names it.
        side: width and height in pixels.

    Returns:
        (side, side, 3) uint8.
    """
    colour = {"colour": word, "background": _COLOURED}.get(kind)
    ground = _GROUND if colour is None else tuple(rgb(colour))
    return _painted(_items(kind, word), ground, side)


def _items(kind: str, word: str) -> tuple[_Item, ...]:
    middle = (0.5, 0.5)
    if kind == "noun":
        return (_Item(word, 0.94, middle),)
    if kind == "style":
        if word in STYLES:
            return (_Item(_STYLED, 0.94, middle, STYLES.index(word)),)
        return tuple(_Item(_STYLED, 0.46, slot, style) for style, slot in enumerate(_SLOTS))
    if kind == "size":
        return (_Item(_ONE, 0.94 if word == "big" else 0.4, middle),)
    if kind == "count":
        return tuple(_Item(_ONE, 0.46, slot) for slot in _SLOTS[: _COUNTS[word]])
    if kind == "position":
        dx, dy = POSITIONS[word]
        return (_Item(_ONE, 0.45, (0.5 + dx, 0.5 + dy)),)
    if kind == "relation":
        first, second = _PAIRS[word]
        return _Item(_ONE, 0.48, first), _Item(_OTHER, 0.48, second)
    return () if kind == "colour" else (_Item(_ONE, 0.6, middle),)


def _painted(items: Sequence[_Item], ground: Sequence[float], side: int) -> U8:
    canvas = np.empty((side, side, 3), np.float32)
    canvas[:] = ground
    for item in items:
        drawings = shown()[by_name()[item.noun].id]
        sprite = drawings[item.style] if item.style in drawings else next(iter(drawings.values()))
        length = max(2, round(item.size * side))
        patch = resized(sprite.index, None, length)
        left, top = (min(max(round(at * side - length / 2), 0), side - length) for at in item.centre)
        view = canvas[top : top + length, left : left + length]
        view[:] = view * (1 - patch[..., 3:]) + patch[..., :3]
    return np.clip(np.rint(canvas), 0, 255).astype(np.uint8)
