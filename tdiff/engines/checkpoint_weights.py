"""The weights of a checkpoint's parts: which files are read, and whether they are whole, by their headers alone."""

import hashlib
import json
import re
from collections.abc import Iterable
from math import prod
from pathlib import Path
from typing import Final

from tdiff.errors import WeightsError
from tdiff.text import clean_text

_STEMS: Final = ("diffusion_pytorch_model", "model")
_NO_PARAMETER: Final = "position_ids"  # 0, 1, 2 …, which text encoders used to be saved with
_HEADER_LIMIT: Final = 2**25
_SHARD: Final = re.compile(r"-\d{5}-of-(\d{5})")
AGAIN: Final = "copy the checkpoint again"
WHOLE: Final = "copy the whole checkpoint, in the layout of diffusers"
_SAMPLES: Final = 64  # pieces of a weights file that its hash is taken of
_PIECE: Final = 4096


def variant_of(place: Path) -> str | None:
    """The variant of a part's weights, such as "fp16", where the plain ones are not there."""
    named = [_variant(path) for path in _files(place)]
    return named[0] if named and None not in named else None


def weight_files(place: Path, variant: str | None) -> tuple[Path, ...]:
    """The files of a part that diffusers reads: the variant's, or the plain ones where the part has no such variant."""
    files = _files(place)
    chosen = [path for path in files if _variant(path) == variant]
    return tuple(chosen or [path for path in files if _variant(path) is None])


def numbers_in(files: Iterable[Path]) -> int:
    """Count the parameters that files hold.

    Raises:
        WeightsError: a file is missing, cut off, damaged or not to be read.
    """
    files = list(files)
    for path in files:
        shard = _SHARD.search(path.name)
        if shard and len(files) != int(shard[1]):
            raise WeightsError(
                f"{path.parent.name} has {len(files)} of the {int(shard[1])} files of its weights",
                remedy=WHOLE,
            )
    return sum(_numbers(path) for path in files)


def fingerprint(files: Iterable[Path]) -> str:
    """Eight hex digits over files of weights.

    Headers and evenly spaced pieces of the data are read: gigabytes would take too long.

    Raises:
        WeightsError: a file cannot be read.
    """
    digest = hashlib.sha256()
    for path in files:
        try:
            with path.open("rb") as file:
                length = int.from_bytes(file.read(8), "little")
                digest.update(file.read(min(length, _HEADER_LIMIT)))
                room = path.stat().st_size - 8 - length
                for place in range(_SAMPLES):
                    file.seek(8 + length + max(0, (room - _PIECE) * place // (_SAMPLES - 1)))
                    digest.update(file.read(_PIECE))
        except OSError as error:
            raise _unreadable(path, error) from error
    return digest.hexdigest()[:8]


def _files(place: Path) -> list[Path]:
    return sorted(
        path for path in place.glob("*.safetensors") if path.name.partition(".")[0].partition("-")[0] in _STEMS
    )


def _variant(path: Path) -> str | None:
    """Of model.safetensors, none; of model.fp16.safetensors and of a part of several files, fp16."""
    parts = path.name.split(".")
    return parts[1].partition("-")[0] if len(parts) > 2 else None


def _numbers(path: Path) -> int:
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = file.read(length) if length <= _HEADER_LIMIT else b""
        size = path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        entries = {name: entry for name, entry in json.loads(header).items() if name != "__metadata__"}
        counted = [entry for name, entry in entries.items() if not name.endswith(_NO_PARAMETER)]
        numbers: int = sum(prod(entry["shape"]) for entry in counted)
        end = max((int(entry["data_offsets"][1]) for entry in entries.values()), default=0)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise WeightsError(f"{_shown(path)} is no whole safetensors file", remedy=AGAIN) from error
    if size != 8 + length + end:
        raise WeightsError(f"{_shown(path)} has {size} bytes and should have {8 + length + end}", remedy=AGAIN)
    return numbers


def _unreadable(path: Path, error: OSError) -> WeightsError:
    return WeightsError(
        f"cannot read {_shown(path)} ({error.strerror})", remedy="look at the permissions and the disk of that folder"
    )


def _shown(path: Path) -> str:
    return clean_text(f"{path.parent.name}/{path.name}", 120)
