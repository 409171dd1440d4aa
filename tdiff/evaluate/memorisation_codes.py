"""Short codes of all training scenes: which of them may look like a picture, without painting all 400,000.

A picture is averaged down to 16×16, turned onto the training set's principal axes, and its 64 numbers are cut into
eight groups. Of each group the code names the nearest of 256 typical ones: a byte (product quantisation, Jégou et
al. 2011). The distance of a picture to every code is then a sum of eight looked-up numbers. Beside the codes lie the
nouns of every scene, so that those of one noun can be found. `tdiff.train.codes` makes the file.
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tdiff.arrays import F32, I64, U8, Mask
from tdiff.errors import AssetError
from tdiff.paths import asset_path
from tdiff.world.concepts import concepts
from tdiff.world.dataset import TRAIN_SIZE, WORLD_VERSION
from tdiff.world.scenes import SIDE, SceneKind

NAME: Final = "recorded/codes.npz"
GROUPS, LETTERS, WIDTH = 8, 256, 8
"""Bytes a code, values of a byte, numbers behind each."""
COARSE: Final = 16
"""Side in pixels of what is coded."""
SINGLE, COUNT = 255, 254
"""What stands in place of a second noun, in scenes of one object and of several of a kind."""
_SIZE_LIMIT = 8_000_000  # bytes
_SHAPES: Final[Mapping[str, tuple[int, ...]]] = {
    "world": (2,),
    "mean": (COARSE * COARSE * 3,),
    "axes": (COARSE * COARSE * 3, GROUPS * WIDTH),
    "centroids": (GROUPS, LETTERS, WIDTH),
    "codes": (GROUPS, TRAIN_SIZE),
    "first": (TRAIN_SIZE,),
    "second": (TRAIN_SIZE,),
}


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """Codes of the training set.

    Attributes:
        mean: (768,) of the coarse pictures.
        axes: (768, 64) principal axes, those of a group side by side.
        centroids: (8, 256, 8) typical numbers of each group.
        codes: (8, n) bytes of every scene.
        first: (n,) concept id of each scene's first object.
        second: (n,) that of the second, or `SINGLE` or `COUNT`.
    """

    mean: F32
    axes: F32
    centroids: F32
    codes: U8
    first: U8
    second: U8

    def features(self, pictures: U8) -> F32:
        """Project pictures (n, 32, 32, 3): (n, 8, 8), the numbers that are coded."""
        numbers = (coarse(pictures) - self.mean) @ self.axes
        return numbers.reshape(len(pictures), GROUPS, WIDTH).astype(np.float32, copy=False)

    def encode(self, pictures: U8) -> U8:
        """Return the codes of pictures (n, 32, 32, 3): (8, n)."""
        return np.stack(
            [
                nearest_letter(numbers, letters)
                for numbers, letters in zip(self.features(pictures).swapaxes(0, 1), self.centroids, strict=True)
            ]
        ).astype(np.uint8)

    def candidates(self, picture: U8, count: int) -> I64:
        """Return the scenes whose codes are nearest to a picture (32, 32, 3), in no order.

        Args:
            picture: uint8.
            count: how many.
        """
        numbers = self.features(picture[None])[0]  # (8, 8)
        tables = np.square(numbers[:, None] - self.centroids).sum(axis=-1)  # (8, 256)
        distance = np.zeros(self.codes.shape[1], np.float32)
        for table, letters in zip(tables, self.codes, strict=True):
            distance += table[letters]
        count = min(count, len(distance))
        return np.argpartition(distance, count - 1)[:count].astype(np.int64)

    def scenes_of(self, concept: int, kind: SceneKind | None = None) -> I64:
        """Return the training scenes that show a concept, in order.

        Args:
            concept: concept id.
            kind: of the scene; any by default.
        """
        shown = (self.first == concept) | (self.second == concept)
        kinds: dict[SceneKind, Mask] = {
            "single": self.second == SINGLE,
            "count": self.second == COUNT,
            "pair": self.second < COUNT,
        }
        return np.flatnonzero(shown if kind is None else shown & kinds[kind]).astype(np.int64)


def coarse(pictures: U8) -> F32:
    """Average blocks of 2×2 pixels: (n, 32, 32, 3) uint8 → (n, 768), 0 … 1."""
    step = SIDE // COARSE
    blocks = pictures.reshape(len(pictures), COARSE, step, COARSE, step, 3).astype(np.float32)
    means: F32 = blocks.mean(axis=(2, 4)).reshape(len(pictures), -1) / np.float32(255)
    return means


def nearest_letter(numbers: F32, letters: F32) -> NDArray[np.intp]:
    """Return for each of (n, d) numbers which of (m, d) letters is nearest: (n,)."""
    apart: F32 = np.square(letters).sum(axis=1) - 2 * numbers @ letters.T
    nearest: NDArray[np.intp] = apart.argmin(axis=1)
    return nearest


@cache
def shipped_codes() -> Codes:
    """Return the codes that ship with tdiff, read once.

    Raises:
        AssetError: they are missing, damaged, or of another world.
    """
    return read_codes(asset_path(NAME))


def read_codes(path: Path) -> Codes:
    """Read codes.

    Raises:
        AssetError: the file is damaged, or of another world.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_SIZE_LIMIT + 1)
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in _SHAPES}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise _damaged(path, "it cannot be read") from error
    if any(found[name].shape != shape or found[name].dtype.kind not in "uif" for name, shape in _SHAPES.items()):
        raise _damaged(path, "its arrays do not fit together")
    if found["world"].tolist() != [WORLD_VERSION, TRAIN_SIZE]:
        raise _damaged(path, f"it is of world {found['world'][0]}, and this is world {WORLD_VERSION}")
    codes = Codes(
        **{name: found[name].astype(np.float32) for name in ("mean", "axes", "centroids")},
        **{name: found[name].astype(np.uint8) for name in ("codes", "first", "second")},
    )
    if codes.first.max() >= len(concepts()) or not np.isfinite(codes.axes).all():
        raise _damaged(path, "it holds values that cannot be")
    return codes


def _damaged(path: Path, why: str) -> AssetError:
    return AssetError(
        f"{path.name}, the codes of the training scenes, is no use ({why})",
        remedy="reinstall tdiff-explorer, or make it again with python -m tdiff.train.codes",
    )
