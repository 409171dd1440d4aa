"""What happens to pictures on their way through the world, and may cost them their mark."""

from collections.abc import Callable
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image

from tdiff.arrays import U8

Attack = Callable[[U8, np.random.Generator], U8]
"""A picture, (H, W, 3) uint8, and a source of randomness in; a picture of the same shape out."""


def noisy(picture: U8, rng: np.random.Generator, levels: float = 10.0) -> U8:
    """Add Gaussian noise with a standard deviation of so many of 255 levels."""
    shaken = picture + rng.normal(0, levels, picture.shape)
    result: U8 = np.clip(np.rint(shaken), 0, 255).astype(np.uint8)
    return result


def resized(picture: U8, factor: float) -> U8:
    """Resize by a factor and back, both times bicubic."""
    height, width = picture.shape[:2]
    small = Image.fromarray(picture).resize((round(width * factor), round(height * factor)), Image.Resampling.BICUBIC)
    return np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))


def jpeg(picture: U8, quality: int) -> U8:
    """Save as JPEG, colour at half size as is usual, and read back."""
    file = BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file).convert("RGB"))


def cropped(picture: U8, keep: float = 0.875) -> U8:
    """Keep the middle, so much of each side, and enlarge it to the old size."""
    height, width = picture.shape[:2]
    top, left = round(height * (1 - keep) / 2), round(width * (1 - keep) / 2)
    middle = Image.fromarray(picture[top : height - top, left : width - left])
    return np.asarray(middle.resize((width, height), Image.Resampling.BICUBIC))


def flipped(picture: U8) -> U8:
    """Exchange left and right."""
    return np.ascontiguousarray(picture[:, ::-1])


ATTACKS: Final[dict[str, Attack]] = {
    "none": lambda picture, rng: picture,
    "noise, 10 of 255": noisy,
    "twice the size and back": lambda picture, rng: resized(picture, 2.0),
    "half the size and back": lambda picture, rng: resized(picture, 0.5),
    "JPEG 75": lambda picture, rng: jpeg(picture, 75),
    "JPEG 50": lambda picture, rng: jpeg(picture, 50),
    "crop to 7/8, enlarge": lambda picture, rng: cropped(picture),
    "mirror": lambda picture, rng: flipped(picture),
}
"""Name → attack, as the table of what a mark survives lists them."""


def attacked(pictures: U8, name: str, seed: int = 0) -> U8:
    """Apply one of `ATTACKS` to pictures, (n, H, W, 3); the same seed gives the same result.

    Raises:
        KeyError: there is no such attack.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    return np.stack([ATTACKS[name](picture, rng) for picture in pictures])
