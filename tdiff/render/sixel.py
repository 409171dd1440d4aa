"""Pictures as sixels (DEC VT340), which some terminals show as real pixels: 256 colours, six rows of pixels a band."""

import re
from typing import Final

import numpy as np

from tdiff.arrays import U8

_COLOURS: Final = 256
_RUN: Final = re.compile(rb"(.)\1{3,}", re.DOTALL)


def sixel_bytes(pixels: U8) -> bytes:
    """Return a picture as a sixel sequence, whole from DCS to ST.

    Args:
        pixels: (H, W, 3) uint8; each becomes a pixel of the terminal.
    """
    from PIL import Image

    reduced = Image.fromarray(pixels).quantize(_COLOURS)
    indices = np.asarray(reduced)
    palette = (np.asarray(reduced.getpalette("RGB"), np.float64).reshape(-1, 3) * 100 / 255).round().astype(int)
    height, width = indices.shape
    parts = [b'\x1bP0;1q"1;1;%d;%d' % (width, height)]
    parts += [b"#%d;2;%d;%d;%d" % (place, *colour) for place, colour in enumerate(palette)]
    for top in range(0, height, 6):
        parts.append(_band(indices[top : top + 6]))
    return b"".join([*parts, b"\x1b\\"])


def _band(indices: U8) -> bytes:
    """Six rows: for each colour that is in them, one character a column, whose bits say in which rows it is."""
    weights = (1 << np.arange(len(indices), dtype=np.uint8))[:, None]
    lines = []
    for colour in np.unique(indices):
        bits = ((indices == colour) * weights).sum(axis=0).astype(np.uint8) + 63
        lines.append(b"#%d%s" % (colour, _RUN.sub(_short, bits.tobytes())))
    return b"$".join(lines) + b"-"


def _short(run: "re.Match[bytes]") -> bytes:
    """A run of one character as its length and that character."""
    return b"!%d%s" % (len(run[0]), run[1])
