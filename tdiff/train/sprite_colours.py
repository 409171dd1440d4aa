"""How much of a drawing each colour term covers.

A pixel has the term of the reference colour nearest to it in OKLab (Ottosson 2020), with a and b counted double. The
references below were fitted to the shares that ship, because the rule by which those were measured is not recorded.
docs/training.md says how close they come.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tdiff.arrays import U8
from tdiff.errors import ImageError
from tdiff.world.palette import COLOURS

REFERENCES: Final[dict[str, tuple[tuple[float, float, float], ...]]] = {
    "red": ((52.2, 38.4, 14.1), (56.8, 52.4, 19.0), (44.7, 32.8, 15.7), (54.5, 43.4, 20.1)),
    "orange": ((75.2, 22.4, 27.4), (68.1, 15.8, 34.2), (72.9, 11.9, 40.5)),
    "yellow": ((89.6, 0.7, 33.1), (96.8, -11.6, 21.5), (100.3, 4.7, 25.3), (86.5, 5.8, 39.0)),
    "green": ((61.9, -18.1, 22.9), (53.5, -27.3, 16.3), (74.7, -15.7, 7.4), (88.0, -17.9, 20.5)),
    "blue": ((66.4, -18.3, -14.9), (55.9, -7.4, -19.1), (63.2, -3.7, -32.9), (87.0, -9.8, -11.9), (83.6, -19.0, -5.4)),
    "purple": ((51.2, 27.4, -26.7), (42.1, 15.6, -20.5), (70.8, 11.0, -15.4), (58.9, 14.5, -21.2)),
    "pink": ((82.9, 17.0, -0.2), (71.7, 34.5, 2.9), (69.0, 49.1, -2.6), (69.0, 43.7, -8.6)),
    "brown": ((40.3, 15.7, 17.6), (52.0, 14.8, 12.4), (68.5, 7.0, 10.6), (60.2, 6.2, 19.7), (55.3, 15.8, 13.7)),
    "black": ((18.0, -5.0, -10.5), (16.1, 1.8, -9.0)),
    "white": ((103.3, 4.0, -0.9), (101.1, -8.3, 1.0), (100.7, -5.8, -7.9)),
    "gray": (
        (66.8, 3.5, 2.3),
        (68.8, 1.4, -5.9),
        (77.1, -2.6, 0.9),
        (72.0, -0.1, -3.3),
        (55.4, 0.9, -4.6),
        (75.8, 0.2, -0.9),
    ),
}
"""Colour term → points (100·L, 200·a, 200·b).

Only the borders between them mean something: some lie outside of what a screen can show.
"""

_POINTS: Final = np.array([point for term in COLOURS for point in REFERENCES[term]])  # (44, 3)
_TERMS: Final = np.array([i for i, term in enumerate(COLOURS) for _ in REFERENCES[term]])  # (44,)
_OPAQUE: Final = 127  # pixels that are more transparent do not count, the others by their alpha
_TO_CONES: Final = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_OKLAB: Final = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def colour_shares(sprite: U8) -> tuple[int, ...]:
    """Return how much of a drawing each colour covers, in 255ths, in the order of `palette.COLOURS`.

    Each share is rounded by itself, so that their sum may miss 255 by a few.

    Args:
        sprite: (H, W, 4) uint8, straight alpha.

    Raises:
        ImageError: no pixel is more than half opaque.
    """
    pixels = sprite.reshape(-1, 4)
    pixels = pixels[pixels[:, 3] > _OPAQUE]
    if not len(pixels):
        raise ImageError(
            "the drawing has no colours, since no pixel of it is more than half opaque", remedy="draw it again"
        )
    weights = np.bincount(colour_terms(pixels[:, :3]), pixels[:, 3], len(COLOURS))
    return tuple(int(share) for share in np.round(weights / weights.sum() * 255))


def colour_terms(rgb: U8) -> NDArray[np.int_]:
    """Return the index into `palette.COLOURS` of each of (n, 3) colours, 0…255."""
    value = rgb / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)  # sRGB, IEC 61966-2-1
    here = np.cbrt(linear @ _TO_CONES.T) @ _TO_OKLAB.T * (100, 200, 200)  # (n, 3)
    distances = ((here[:, None] - _POINTS) ** 2).sum(-1)  # (n, 44)
    return _TERMS[distances.argmin(1)]
