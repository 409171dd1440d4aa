"""Pictures as text: each cell shows two pixels, the upper as foreground of ▀ and the lower as background.

The whole frame is encoded at once. Every cell gets a fixed number of four-byte lanes; lanes that are not
needed (a colour that did not change, a leading zero) stay NUL, and one `bytes.translate` drops them all.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tdiff.arrays import U8, U32, Mask
from tdiff.render.palette import Depth, luminance, palette_indices

RESET: Final = "\x1b[0m"
_RAMP: Final = " .:-=+*#%@"
_MONO: Final = {
    " ": (0.0, 0.0), "░": (0.25, 0.25), "▒": (0.5, 0.5), "▓": (0.75, 0.75), "█": (1.0, 1.0),
    "▀": (1.0, 0.0), "▄": (0.0, 1.0),
}  # fmt: skip
_LEVELS: Final = 33


def encode(pixels: U8, depth: Depth = "true") -> list[str]:
    """Encode a picture, one string a row of cells.

    Each row stands alone: it sets every colour that it uses and ends with a reset.

    Args:
        pixels: (2·R, C, 3) uint8; an odd last row is doubled.
        depth: what the terminal can show.

    Returns:
        R strings of C cells.
    """
    if len(pixels) % 2:
        pixels = np.concatenate([pixels, pixels[-1:]])
    if depth == "ascii":
        return _ascii(pixels)
    if depth == "mono":
        return _mono(pixels)
    return _coloured(pixels, depth)


def _lane(text: str) -> np.uint32:
    return np.uint32(int.from_bytes(text.encode().ljust(4, b"\0"), "little"))


def _lanes(texts: list[str]) -> U32:
    return np.array([_lane(text) for text in texts], np.uint32)


_CSI, _SEMICOLON, _NEWLINE, _END = _lane("\x1b["), _lane(";"), _lane("\n"), _lane("\x1b[0m")
_NUMBER = _lanes([f";{i}" for i in range(256)])
_INTRO = {"true": (_lane("38;2"), _lane("48;2")), "256": (_lane("38;5"), _lane("48;5"))}
_FORE16 = _lanes([str(30 + i if i < 8 else 82 + i) for i in range(16)])
_BACK16 = _lanes([str(40 + i if i < 8 else 92 + i) for i in range(16)])
_PLAIN, _AFTER_COLOUR = _lanes(["▀", " "]), _lanes(["m▀", "m "])


def _coloured(pixels: U8, depth: Depth) -> list[str]:
    keys = _keys(pixels, depth)
    top, bottom = keys[0::2], keys[1::2]
    flat = top == bottom  # one colour: a space on that background needs no foreground
    new_back = np.ones(top.shape, bool)
    new_back[:, 1:] = bottom[:, 1:] != bottom[:, :-1]
    new_fore = _foreground_changes(top, flat)
    rows, columns = top.shape
    each = 11 if depth == "true" else 7  # lanes of a cell
    whole = np.zeros((rows, columns * each + 2), np.uint32)
    whole[:, -2:] = _END, _NEWLINE
    lanes = whole[:, :-2].reshape(rows, columns, each)  # a view: the last axis alone is split
    _fill(lanes, pixels, keys, new_fore, new_back, flat, depth)
    return whole.tobytes().translate(None, b"\0").decode().split("\n")[:-1]


def _keys(pixels: U8, depth: Depth) -> U32:
    """A number for each pixel that is equal where the terminal shows the same colour."""
    if depth == "true":
        wide = pixels.astype(np.uint32)
        keys: U32 = wide[..., 0] << np.uint32(16) | wide[..., 1] << np.uint32(8) | wide[..., 2]
        return keys
    return palette_indices(pixels, "256" if depth == "256" else "16").astype(np.uint32)


def _foreground_changes(top: U32, flat: Mask) -> Mask:
    """Where the foreground differs from that of the last cell in the row that was not flat."""
    changed: Mask
    if not flat.any():
        changed = np.ones(top.shape, bool)
        changed[:, 1:] = top[:, 1:] != top[:, :-1]
        return changed
    columns = np.arange(top.shape[1])
    last = np.maximum.accumulate(np.where(flat, -1, columns), 1)
    before = np.full_like(last, -1)
    before[:, 1:] = last[:, :-1]
    current = np.take_along_axis(top, np.maximum(before, 0), 1)
    changed = ~flat & ((before < 0) | (top != current))
    return changed


def _fill(lanes: U32, pixels: U8, keys: U32, fore: Mask, back: Mask, flat: Mask, depth: Depth) -> None:
    """Write the lanes of every cell: CSI, foreground, semicolon, background, m with the character."""
    f, b = fore.astype(np.uint32), back.astype(np.uint32)
    either = f | b
    lanes[..., 0] = either * _CSI
    if depth == "16":
        lanes[..., 1] = _FORE16[keys[0::2]] * f
        lanes[..., 3] = (f & b) * _SEMICOLON
        lanes[..., 4] = _BACK16[keys[1::2]] * b
    else:
        intro_fore, intro_back = _INTRO[depth]
        values = pixels if depth == "true" else keys[..., None]
        wide = values.shape[-1]
        lanes[..., 1] = f * intro_fore
        lanes[..., 2 : 2 + wide] = _NUMBER.take(values[0::2]) * f[..., None]
        lanes[..., 2 + wide] = (f & b) * _SEMICOLON
        lanes[..., 3 + wide] = b * intro_back
        lanes[..., 4 + wide : 4 + 2 * wide] = _NUMBER.take(values[1::2]) * b[..., None]
    shape = flat.astype(np.intp)
    lanes[..., -1] = np.where(either != 0, _AFTER_COLOUR[shape], _PLAIN[shape])


def _mono(pixels: U8) -> list[str]:
    """Shades and half blocks in the terminal's own colour: the one that comes nearest to both halves."""
    level = np.rint(luminance(pixels) * (_LEVELS - 1)).astype(np.intp)
    cells = _shapes()[level[0::2], level[1::2]]
    return ["".join(row) for row in cells]


@cache
def _shapes() -> NDArray[np.str_]:
    """Which character shows an upper and a lower half of given brightness: (_LEVELS, _LEVELS)."""
    shapes, halves = np.array(list(_MONO)), np.array(list(_MONO.values()))
    level = np.linspace(0, 1, _LEVELS)
    wanted = np.stack(np.meshgrid(level, level, indexing="ij"), -1)  # (_LEVELS, _LEVELS, 2)
    distance = ((wanted[:, :, None] - halves) ** 2).sum(-1)
    nearest: NDArray[np.str_] = shapes[distance.argmin(-1)]
    return nearest


def _ascii(pixels: U8) -> list[str]:
    level = luminance(pixels)
    both = (level[0::2] + level[1::2]) / 2
    ramp = np.array(list(_RAMP))
    cells = ramp[np.minimum((both * len(_RAMP)).astype(np.intp), len(_RAMP) - 1)]
    return ["".join(row) for row in cells]
