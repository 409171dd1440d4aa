"""The whole denoising as a GIF film."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tdiff.arrays import U8
from tdiff.render.pixels import as_uint8
from tdiff.render.png import check_scale

if TYPE_CHECKING:
    from PIL.Image import Image

FRAMES_LIMIT: Final = 120
"""Most frames of a film; of a longer run evenly spaced steps are shown."""

_FILM_MS: Final = 4000
_FRAME_MS: Final = (40, 250)  # browsers slow frames below 20 ms down to 100
_HOLD_MS: Final = 2500
_XMP_KEY: Final = "XML:com.adobe.xmp"
# Readers that do not know XMP walk over the packet as if it were data blocks. Wherever they come out of it, the
# falling numbers lead them to the end (XMP specification part 3, 1.1.2).
_XMP_TRAILER: Final = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"


def gif_bytes(frames: Sequence[NDArray[np.generic]], scale: int = 1, text: Mapping[str, str] | None = None) -> bytes:
    """Return frames as a looping GIF that takes about four seconds and rests on the last frame.

    Args:
        frames: at least one picture (H, W, 3), uint8 or floating in [-1, 1], all of one size.
        scale: each pixel becomes scale × scale pixels.
        text: text fields to carry: the XMP packet as such, every other as a comment "keyword: text".

    Raises:
        UsageError: the scale is below 1 or far too large.
    """
    chosen = [as_uint8(frames[number]) for number in _chosen(len(frames))]
    check_scale(chosen[0].shape[:2], scale)
    images = [_reduced(pixels, scale) for pixels in chosen]
    file = BytesIO()
    # Each frame keeps its own 256 colours: one palette for noise and picture would serve neither.
    images[0].save(
        file,
        "GIF",
        save_all=True,
        append_images=images[1:],
        duration=_durations(len(images)),
        loop=0,
        disposal=1,
        optimize=False,
    )
    return _with_text(file.getvalue(), text or {})


def count_frames(film: bytes) -> int:
    """How many frames a film has: equal ones that follow each other are written as one."""
    from PIL import Image

    return int(getattr(Image.open(BytesIO(film), formats=("GIF",)), "n_frames", 1))


def _chosen(count: int) -> list[int]:
    """Which of so many steps are shown: all, or evenly spaced ones with the first and the last."""
    if count < 1:
        raise ValueError("a film needs at least one frame")
    return [int(step) for step in np.rint(np.linspace(0, count - 1, min(count, FRAMES_LIMIT)))]


def _durations(count: int) -> list[int]:
    low, high = _FRAME_MS
    each = round(min(max(_FILM_MS / count, low), high), -1)  # GIF counts hundredths of a second
    return [int(each)] * (count - 1) + [_HOLD_MS]


def _reduced(pixels: U8, scale: int) -> "Image":
    """At most 256 colours, chosen for this frame before it is enlarged.

    Maximum coverage with one round of k-means is the best that Pillow has on noise: mean error 8 of 255,
    where median cut has 13 and octree 14. Dithering would draw dots that the model did not.
    """
    from PIL import Image

    small = Image.fromarray(pixels).quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
    return small.resize((small.width * scale, small.height * scale), Image.Resampling.NEAREST)


def _with_text(film: bytes, text: Mapping[str, str]) -> bytes:
    """Insert comment and application blocks behind the header and the global palette."""
    start = 13 + (3 << (film[10] & 7) + 1 if film[10] & 0x80 else 0)
    blocks = b"".join(_block(key, value) for key, value in text.items())
    return film[:start] + blocks + film[start:]


def _block(key: str, value: str) -> bytes:
    if key == _XMP_KEY:
        return b"!\xff\x0bXMP DataXMP" + value.encode() + _XMP_TRAILER
    data = f"{key}: {value}".encode()
    parts = [data[i : i + 255] for i in range(0, len(data), 255)]
    return b"!\xfe" + b"".join(bytes([len(part)]) + part for part in parts) + b"\0"
