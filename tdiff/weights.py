"""Reading weights files: safetensors only, and nothing in them is taken on trust."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np

from tdiff.arrays import F32
from tdiff.errors import WeightsError
from tdiff.manifest import HINT
from tdiff.text import clean_text

SIZE_LIMIT: Final = 64 * 1024 * 1024
_DTYPES: Final = {"F16": np.float16, "F32": np.float32}


def read_weights(path: Path, digest: str, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, F32]:
    """Read one weights file.

    Args:
        path: a safetensors file of float16 or float32 tensors.
        digest: its expected sha256.
        shapes: tensor name → shape: exactly these must be in it.

    Returns:
        Tensor name → float32 array.

    Raises:
        WeightsError: it is no regular file, too large, of another hash, damaged, or has a tensor missing, too many,
            of another shape or type, or with a value that is not finite.
    """
    shown = clean_text(path.name)
    data = _read(path, shown)
    if hashlib.sha256(data).hexdigest() != digest:
        raise WeightsError(f"{shown} is not the file that its manifest names (another sha256)", remedy=HINT)
    return parse_weights(data, shown, shapes)


def parse_weights(data: bytes, shown: str, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, F32]:
    """Decode and check a weights file's content; see `read_weights`."""
    from safetensors import SafetensorError, deserialize

    try:
        entries = deserialize(data)  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        raise WeightsError(
            f"{shown} is no whole safetensors file ({clean_text(str(error), 80)})", remedy=HINT
        ) from error
    found = dict(entries)
    repeated = _repeated_name(data)
    if repeated is not None:
        raise WeightsError(f"{shown} names tensor {clean_text(repeated, 60)} twice", remedy=HINT)
    odd = sorted(set(found) ^ set(shapes))
    if odd:
        kind = "lacks" if odd[0] in shapes else "holds an unexpected"
        raise WeightsError(f"{shown} {kind} tensor {clean_text(odd[0], 60)}", remedy=HINT)
    return {name: _array(shown, name, entry, shapes[name]) for name, entry in found.items()}


def _repeated_name(data: bytes) -> str | None:
    """A name that the header gives twice, which the library would let pass; the header is known to be JSON."""
    names: list[str] = []

    def collect(pairs: list[tuple[str, object]]) -> None:
        names[:] = [name for name, _ in pairs]  # the outermost object is finished last

    length = int.from_bytes(data[:8], "little")
    json.loads(data[8 : 8 + length], object_pairs_hook=collect)
    return next((name for name in names if names.count(name) > 1), None)


def _read(path: Path, shown: str) -> bytes:
    try:
        if not path.is_file():
            raise WeightsError(f"{shown} is not a file", remedy=HINT)
        if path.stat().st_size > SIZE_LIMIT:
            raise WeightsError(f"{shown} is larger than {SIZE_LIMIT // 2**20} MB, which no tdiff model is", remedy=HINT)
        return path.read_bytes()
    except OSError as error:
        raise WeightsError(f"cannot read {shown} ({error.strerror})", remedy=HINT) from error


def _array(shown: str, name: str, entry: Mapping[str, object], shape: tuple[int, ...]) -> F32:
    label = clean_text(name, 60)
    dtype = entry["dtype"]
    actual: tuple[int, ...] = tuple(entry["shape"])  # type: ignore[arg-type]
    if dtype not in _DTYPES:
        raise WeightsError(
            f"tensor {label} of {shown} is of type {clean_text(str(dtype), 12)}, not F16 or F32", remedy=HINT
        )
    if actual != shape:
        raise WeightsError(f"tensor {label} of {shown} has the shape {actual} where {shape} is needed", remedy=HINT)
    array = np.frombuffer(entry["data"], _DTYPES[str(dtype)]).reshape(shape).astype(np.float32)  # type: ignore[call-overload]
    if not np.isfinite(array).all():
        raise WeightsError(f"tensor {label} of {shown} holds a value that is not finite", remedy=HINT)
    result: F32 = array
    return result
