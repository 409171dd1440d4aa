"""What earlier weights knew of the order of words, and what they drew: `python -m tdiff.train.order` records it."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tdiff.arrays import U8
from tdiff.diffusion.run import PICTURE
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.words.noun_order import PAIRS
from tdiff.paths import asset_path
from tdiff.text import clean_text

NAME: Final = "recorded/order.npz"
_SIZE_LIMIT = 1_000_000  # bytes


@dataclass(frozen=True, slots=True, eq=False)
class OrderRecording:
    """What earlier weights made of pairs of prompts that differ in the order of their nouns.

    Attributes:
        model: name and hash of the weights, such as "sprite-32 01234567".
        pictures_seen: how long they had been trained.
        heard, read: `order_share` of the text half's states, and of what the denoiser made of them.
        pictures: (n, 2, 32, 32, 3) uint8: a picture for each prompt of `ordered_pairs`, pair by pair from one seed.
    """

    model: str
    pictures_seen: int
    heard: float
    read: float
    pictures: U8


def order_recording(path: Path | None = None) -> OrderRecording:
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
            found = OrderRecording(
                clean_text(str(arrays["model"])),
                int(arrays["pictures_seen"]),
                float(arrays["heard"]),
                float(arrays["read"]),
                arrays["pictures"],
            )
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise _damaged(path, str(error)) from error
    if found.pictures.shape != (len(PAIRS), 2, *PICTURE) or found.pictures.dtype != np.uint8:
        raise _damaged(path, "its pictures do not fit")
    return found


def order_bytes(recording: OrderRecording) -> bytes:
    """Return a recording as the content of its file."""
    file = io.BytesIO()
    np.savez_compressed(
        file,
        model=np.array(recording.model),
        pictures_seen=np.array(recording.pictures_seen),
        heard=np.array(recording.heard),
        read=np.array(recording.read),
        pictures=recording.pictures,
    )
    return file.getvalue()


def _damaged(path: Path, why: str) -> LessonError:
    return LessonError(
        f"{path.name}, the recording of the order of words, cannot be read ({why})", remedy="reinstall tdiff-explorer"
    )
