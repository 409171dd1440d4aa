"""Loading a person's own picture, without trusting it, as the model's 32×32 pixels."""

import hashlib
import warnings
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.errors import ImageError
from tdiff.reading import shown_name
from tdiff.render.picture_file import (
    BLOCKS_LIMIT,
    JPEG_PIXELS_LIMIT,
    PIXELS_LIMIT,
    PROGRESSIVE_PIXELS_LIMIT,
    SIDE_LIMIT,
    WEBP_PIXELS_LIMIT,
    read_picture_file,
)

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE: Final = 32
FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
_JPEG: Final = ("JPEG", "MPO")  # of cameras that put a preview or a depth map behind the picture
_SCAN: Final = b"\xff\xda"  # in a JPEG's pixels it is nothing else
_SCANS_LIMIT: Final = 100
_FRAMES_LIMIT: Final = 400
_FILM_PIXELS_LIMIT: Final = 64_000_000
_MILLIONS: Final = PIXELS_LIMIT // 10**6
_ORIENTATION: Final = 0x0112  # Exif tag


@dataclass(frozen=True, slots=True, eq=False)
class LoadedPicture:
    """A picture made to fit the model.

    Attributes:
        picture: (32, 32, 3) float32 in [-1, 1].
        sha256: of its 32×32×3 uint8 pixels, 64 hex digits, as recipes name it.
        notes: what was done to it, one phrase each.
    """

    picture: F32
    sha256: str
    notes: tuple[str, ...]


def load_picture(path: Path) -> LoadedPicture:
    """Load a picture file, cut to a square and reduced to 32×32 pixels.

    Args:
        path: a regular file of at most 20 MB; what its name ends in does not matter.

    Raises:
        ImageError: it cannot be read, is of another kind, too large, cut short or damaged.
    """
    return picture_of(read_picture_file(path), shown_name(path))


def picture_of(data: bytes, shown: str) -> LoadedPicture:
    """Decode a picture file, cut to a square and reduced to 32×32 pixels.

    Args:
        data: of a PNG, WebP or GIF of at most 16 million pixels, or of a JPEG, which is reduced while it is decoded
            where it has more. Of a GIF the last frame is taken, where films have their finished picture.
        shown: the file's name, for messages.

    Raises:
        ImageError: it is of another kind, too large, cut short or damaged.
    """
    notes: list[str] = []
    with warnings.catch_warnings(action="ignore"):  # Pillow's, of damaged Exif and of size: they would be drawn over
        image = _decoded(data, shown, notes)
        try:
            image = _upright(image, notes)
        except Exception as error:  # such as a palette that is not there, which Pillow's reader lets pass
            raise ImageError(f"{shown} is damaged and cannot be read", remedy="save it again") from error
        pixels = _fitted(image, notes)
    picture = pixels.astype(np.float32) / np.float32(127.5) - np.float32(1)
    return LoadedPicture(picture, hashlib.sha256(pixels.tobytes()).hexdigest(), tuple(notes))


_PNG = b"\x89PNG"
_BEGINNINGS = (_PNG, b"\xff\xd8\xff", b"GIF8")  # of what is a picture, however damaged its rest


def _decoded(data: bytes, shown: str, notes: list[str]) -> "Image":
    from PIL import Image, UnidentifiedImageError

    if data.startswith(_PNG) and _has_too_many_chunks(data):  # Pillow would read them all
        raise ImageError(f"{shown} has far more chunks than any picture needs", remedy="save it again")
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        if data.startswith(_BEGINNINGS):
            raise ImageError(
                f"{shown} is damaged or was changed by hand", remedy="save or download it again"
            ) from error
        raise ImageError(f"{shown} is no PNG, JPEG, WebP or GIF picture", remedy="save it as one of those") from error
    except Image.DecompressionBombError as error:
        raise ImageError(f"{shown} has far more than {_MILLIONS} million pixels", remedy="shrink it first") from error
    except Exception as error:  # on damaged files Pillow's readers raise nearly anything
        raise ImageError(f"{shown} is damaged and cannot be read", remedy="save it again") from error
    if data.count(_SCAN) > _SCANS_LIMIT and image.info.get("progressive"):  # each costs as much as the whole picture
        raise ImageError(f"{shown} has more scans than any picture needs", remedy="save it again")
    _reduce(image, shown, notes)
    try:
        _turn_to_end(image, notes)
        image.load()
    except Exception as error:  # truncation and damage show only here, in as many ways
        raise ImageError(f"{shown} is cut short or damaged", remedy="save or download it again") from error
    return image


def _has_too_many_chunks(data: bytes) -> bool:
    offset = 8
    for _ in range(BLOCKS_LIMIT):
        if offset + 12 > len(data):
            return False
        offset += 12 + int.from_bytes(data[offset : offset + 4])
    return True


def _reduce(image: "Image", shown: str, notes: list[str]) -> None:
    """Have a large JPEG decoded at a fraction of its size; refuse whatever is too large."""
    width, height = image.size
    if max(width, height) > SIDE_LIMIT:
        raise ImageError(
            f"{shown} has {width}×{height} pixels, and {SIDE_LIMIT} a side are allowed", remedy="cut it first"
        )
    most = WEBP_PIXELS_LIMIT if image.format == "WEBP" else PIXELS_LIMIT
    if width * height <= most:
        return
    if image.format in _JPEG:
        most = PROGRESSIVE_PIXELS_LIMIT if image.info.get("progressive") else JPEG_PIXELS_LIMIT
    if width * height > most:
        raise ImageError(
            f"{shown} has {width}×{height} pixels, and {most / 10**6:g} million are allowed", remedy="shrink it first"
        )
    part = next(part for part in (2, 4, 8) if width * height <= PIXELS_LIMIT * part**2)
    image.draft(image.mode, (width // part, height // part))
    notes.append(f"reduced from {width}×{height} to {image.width}×{image.height} while it was decoded")


def _turn_to_end(image: "Image", notes: list[str]) -> None:
    """Turn to the last frame of a GIF that is no longer than our films; of other animations keep the first."""
    if image.format in _JPEG or not getattr(image, "is_animated", False):
        return
    most = min(_FRAMES_LIMIT, _FILM_PIXELS_LIMIT // (image.width * image.height)) if image.format == "GIF" else 1
    frames = 1
    with suppress(EOFError):
        while frames < most:
            image.seek(frames)
            frames += 1
    if frames < most:
        notes.append(f"the last of its {frames} frames was taken")
    else:
        image.seek(0)
        notes.append("the first of its frames was taken")


def _upright(image: "Image", notes: list[str]) -> "Image":
    """Turn as the camera was held, and put what is transparent on white; a copy is made only where it must be."""
    from PIL import Image, ImageOps

    turned = image
    try:
        if image.getexif().get(_ORIENTATION, 1) not in (0, 1):
            turned = ImageOps.exif_transpose(image)
            notes.append("turned upright, as its Exif orientation says")
    except Exception:  # damaged Exif, which Pillow reads only now: the pixels are sound
        notes.append("its Exif orientation is damaged, so it was not turned")
    if turned.mode.startswith("I"):  # 16-bit grey, which Pillow would clip instead of scale
        turned = Image.fromarray((np.asarray(turned).astype(np.uint32) >> 8).astype(np.uint8))
    if not turned.has_transparency_data:
        return turned if turned.mode == "RGB" else turned.convert("RGB")
    clear = turned if turned.mode == "RGBA" else turned.convert("RGBA")
    opacity = clear.getchannel("A")
    if opacity.getextrema()[0] == 255:
        return clear.convert("RGB")
    notes.append("its transparent parts were put on white")
    white = Image.new("RGB", clear.size, "white")
    white.paste(clear, mask=opacity)
    return white


def _fitted(image: "Image", notes: list[str]) -> U8:
    """Cut the middle square and average its areas down to 32×32."""
    from PIL import Image

    width, height = image.size
    side = min(width, height)
    if width != height:
        notes.append(f"cut from {width}×{height} to the {side}×{side} in its middle")
        left, top = (width - side) // 2, (height - side) // 2
        image = image.crop((left, top, left + side, top + side))
    if side != SIDE:
        notes.append(f"{'reduced' if side > SIDE else 'enlarged'} from {side}×{side} to {SIDE}×{SIDE}")
        image = image.resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(image)
