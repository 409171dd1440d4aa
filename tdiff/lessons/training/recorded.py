"""Recorded snapshots of the shipped model's own training, the one thing in the lessons that is not computed here."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tdiff.arrays import F32, I64, U8
from tdiff.diffusion.run import PICTURE
from tdiff.lessons.core.errors import LessonError
from tdiff.paths import asset_path

NAME: Final = "recorded/training.npz"
STEPS, GUIDANCE = 20, 4.0
"""DDIM steps and guidance that the pictures were made with, clipped."""
_SEED = 7
_SIZE_LIMIT = 20_000_000  # bytes


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """What the network made of the same noises and prompts as its training went on.

    Attributes:
        steps: training steps taken at each of k snapshots.
        pictures_seen: training pictures that those steps took.
        prompts: n prompts.
        pictures: (k, n, 32, 32, 3) uint8.
    """

    steps: tuple[int, ...]
    pictures_seen: tuple[int, ...]
    prompts: tuple[str, ...]
    pictures: U8

    def noises(self) -> F32:
        """Return the starting noises of all prompts, (n, 32, 32, 3), so that any network can start from them."""
        rng = np.random.Generator(np.random.PCG64(_SEED))
        return rng.standard_normal((len(self.prompts), *PICTURE), dtype=np.float32)


def training_recording(path: Path | None = None) -> Recording:
    """Read the recording.

    Args:
        path: the file; the shipped one by default.

    Raises:
        AssetError: it is missing.
        LessonError: it is damaged.
    """
    path = asset_path(NAME) if path is None else path
    try:
        with path.open("rb") as file:
            data = file.read(_SIZE_LIMIT + 1)
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            steps, seen, prompts, pictures = (arrays[key] for key in ("steps", "pictures_seen", "prompts", "pictures"))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise _damaged(path, str(error)) from error
    if not _fit(steps, seen, prompts, pictures):
        raise _damaged(path, "its arrays do not fit together")
    return Recording(tuple(map(int, steps)), tuple(map(int, seen)), tuple(str(prompt) for prompt in prompts), pictures)


def _fit(steps: I64, seen: I64, prompts: NDArray[np.str_], pictures: U8) -> bool:
    if prompts.ndim != 1 or prompts.dtype.kind != "U" or pictures.dtype != np.uint8 or len(steps) < 2:
        return False
    return pictures.shape == (*steps.shape, *prompts.shape, *PICTURE) and steps.shape == seen.shape


def _damaged(path: Path, why: str) -> LessonError:
    return LessonError(
        f"{path.name}, the recording of the training, cannot be read ({why})", remedy="reinstall tdiff-explorer"
    )
