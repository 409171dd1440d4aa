"""Pictures as text files that `cat` shows."""

import numpy as np
from numpy.typing import NDArray

from tdiff.render.halfblock import encode
from tdiff.render.palette import Depth
from tdiff.render.pixels import as_uint8, upscale
from tdiff.render.png import check_scale


def ansi_bytes(picture: NDArray[np.generic], depth: Depth = "true", scale: int = 1) -> bytes:
    """Return a picture as UTF-8 text with ANSI colours, one line for two rows of pixels.

    Args:
        picture: (H, W, 3), uint8 or floating in [-1, 1].
        depth: colours to use; whoever shows the file must have them.
        scale: each pixel becomes scale × scale pixels.

    Raises:
        UsageError: the scale is below 1 or far too large.
    """
    pixels = as_uint8(picture)
    check_scale(pixels.shape[:2], scale)
    return "".join(f"{row}\n" for row in encode(upscale(pixels, scale), depth)).encode()
