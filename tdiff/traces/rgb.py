"""Arrays of a run as something to look at: RGB previews of pictures, and of latents that only a decoder could show."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.traces.document import Colours, Head, Preview

PREVIEW_SIDE: Final = 128
"""Larger arrays are averaged over squares for their previews; a terminal shows no more."""
NOISE_SCALE: Final = 0.5
"""Noise is shown at half strength, so that two standard deviations fill the range of colours."""


@dataclass(frozen=True, eq=False)
class RgbMap:
    """A linear map from channels to RGB in [-1, 1].

    Attributes:
        weight: (C, 3).
        bias: (3,).
        how: how the map came about.
    """

    weight: F32
    bias: F32
    how: Preview

    def picture(self, x: F32) -> U8:
        """Show pictures (B, h, w, C) as (B, H, W, 3) uint8; what is not finite becomes grey."""
        return _bytes(_times(_shrunk(x), self.weight) + self.bias)

    def noise(self, eps: F32) -> U8:
        """Show noise of standard deviation 1, (B, h, w, C), as (B, H, W, 3) uint8 around grey."""
        unit = self.weight * (1 / np.maximum(np.linalg.norm(self.weight, axis=0), 1e-6)).astype(np.float32)
        # Averages of noise are fainter than noise: shown as strong as it is.
        return _bytes(_times(_shrunk(eps), NOISE_SCALE * _factor(eps) * unit))

    @property
    def rows(self) -> Colours:
        """The map as numbers: a row of RGB for each channel, and one that is added."""
        return tuple((float(r), float(g), float(b)) for r, g, b in (*self.weight, self.bias))

    def size(self, height: int, width: int) -> tuple[int, int]:
        """The (height, width) of previews of arrays of this size."""
        factor = -(-max(height, width) // PREVIEW_SIDE)
        return max(1, height // factor), max(1, width // factor)


def map_of(head: Head) -> RgbMap | None:
    """The map that made a trace's previews; None where it is not told, or there are no arrays to show with it."""
    if head.tensor_shape is None:
        return None
    if head.colours is not None:
        rows = np.array(head.colours, np.float32)
        return RgbMap(rows[:-1], rows[-1], head.preview)
    return plain_map(head.tensor_shape[2]) if head.preview in ("pixels", "channels") else None


def plain_map(channels: int) -> RgbMap:
    """The map where no decoder is known: pixels as they are, grey in all three, or the first channels.

    Args:
        channels: 3 and 1 are taken for pixels in [-1, 1]; of others the first three are shown, at a third of
            their strength, since latents are about ±3.
    """
    weight = np.zeros((channels, 3), np.float32)
    if channels in (1, 3):
        weight[:] = np.eye(3, dtype=np.float32) if channels == 3 else 1
        return RgbMap(weight, np.zeros(3, np.float32), "pixels")
    for channel in range(min(channels, 3)):
        weight[channel, channel] = 1 / 3
    return RgbMap(weight, np.zeros(3, np.float32), "channels")


def fitted_map(latents: F32, pictures: F32) -> RgbMap | None:
    """Fit a map by least squares.

    Args:
        latents: (n, C).
        pictures: (n, 3), the colours in [-1, 1] that the decoder makes of them.

    Returns:
        The map; None where there are numbers that are not finite.
    """
    if not (np.isfinite(latents).all() and np.isfinite(pictures).all()):
        return None
    columns = np.concatenate([latents, np.ones((len(latents), 1), np.float32)], axis=1).astype(np.float64)
    solution = np.linalg.lstsq(columns, pictures.astype(np.float64), rcond=1e-4)[0].astype(np.float32)
    return RgbMap(solution[:-1], solution[-1], "linear")


def colour_chart(side: int, cells: int, rng: np.random.Generator) -> F32:
    """A picture of random colours, for fitting: (side, side, 3) in [-1, 1], in cells × cells squares."""
    colours = rng.uniform(-1, 1, (cells, cells, 3)).astype(np.float32)
    return colours.repeat(side // cells, 0).repeat(side // cells, 1)


def averaged(x: F32, factor: int) -> F32:
    """Average (B, h, w, C) over squares of factor × factor; what is left over at the edges is cut off."""
    if factor == 1:
        return x
    batch, height, width, channels = x.shape
    rows, columns = max(1, height // factor), max(1, width // factor)
    cut = x[:, : rows * factor, : columns * factor]
    squares = cut.reshape(batch, rows, cut.shape[1] // rows, columns, cut.shape[2] // columns, channels)
    means: F32 = squares.mean(axis=(2, 4))
    return means


def _factor(x: F32) -> int:
    side: int = max(x.shape[1], x.shape[2])
    return -(-side // PREVIEW_SIDE)


def _shrunk(x: F32) -> F32:
    return averaged(x, _factor(x))


def _times(x: F32, weight: F32) -> F32:
    """(B, h, w, C) @ (C, 3), as one product of two matrices: numpy makes a small one of each row otherwise."""
    product: F32 = (x.reshape(-1, x.shape[-1]) @ weight.astype(np.float32)).reshape(*x.shape[:-1], weight.shape[1])
    return product


def _bytes(rgb: F32) -> U8:
    """[-1, 1] → 0 … 255."""
    scaled = np.nan_to_num(rgb.clip(-1, 1), nan=0.0) * np.float32(127.5) + np.float32(128)
    result: U8 = np.minimum(scaled, 255).astype(np.uint8)
    return result
