"""A frame's content: named arrays and one document, as a safetensors file that is checked before it is decoded."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tdiff.errors import TraceError
from tdiff.strict_json import JsonError, parse_object
from tdiff.text import clean_text

KEY: Final = "tdiff"
"""Of the document in the metadata."""

_HEADER_LIMIT: Final = 2**20
_DTYPES: Final[Mapping[str, Any]] = {"U8": np.uint8, "F16": np.float16}

Wanted = Mapping[str, tuple[str, tuple[int, ...]]]
"""Name → type and shape: what a frame may hold."""


def pack(document: str, arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return a safetensors file with a document in its metadata."""
    from safetensors.numpy import save

    tensors = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    packed: bytes = save(tensors, {KEY: document})
    return packed


@dataclass(frozen=True, slots=True)
class Header:
    """A content's header, as it claims to be.

    Attributes:
        document: the JSON text in its metadata.
        entries: array name → type, shape and place, unchecked.
        room: bytes that there are for the arrays.
    """

    document: str
    entries: Mapping[str, object]
    room: int


def read_header(content: bytes) -> Header:
    """Read the header of a content without touching its arrays.

    Raises:
        TraceError: it is damaged or lacks its document.
    """
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > min(_HEADER_LIMIT, len(content) - 8):
        raise TraceError("a part of this trace has no whole header: it was not recorded by tdiff")
    try:
        entries = parse_object(content[8 : 8 + length], "trace's header", _HEADER_LIMIT, '{"__metadata__": {…}}')
    except JsonError as error:
        raise TraceError(error.message, remedy=error.remedy) from error
    metadata = entries.pop("__metadata__", None)
    if not isinstance(metadata, dict) or not isinstance(metadata.get(KEY), str):
        raise TraceError(f'a part of this trace lacks its document ("{KEY}"): it was not recorded by tdiff')
    return Header(metadata[KEY], entries, len(content) - 8 - length)


def check_arrays(header: Header, may_hold: Wanted, must_hold: frozenset[str] = frozenset()) -> None:
    """Check what a header says of its arrays.

    Args:
        header: of a content.
        may_hold: arrays that can be in it, with their type and shape.
        must_hold: names of those that must be.

    Raises:
        TraceError: an array is not expected, missing, or of another type, shape or length.
    """
    for name, entry in header.entries.items():
        _check(name, entry, may_hold, header.room)
    missing = sorted(must_hold - set(header.entries))
    if missing:
        raise TraceError(f"a part of this trace lacks {missing[0]}: it was not recorded by tdiff")


def unpack(content: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays of a content whose header was checked; they are read-only.

    Raises:
        TraceError: they overlap or leave gaps.
    """
    from safetensors import SafetensorError, deserialize

    try:
        entries = deserialize(content)  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        reason = clean_text(str(error), 80)
        raise TraceError(
            f"a part of this trace is no whole safetensors file ({reason})", remedy="record it again"
        ) from error
    return {
        name: np.frombuffer(entry["data"], _DTYPES[entry["dtype"]]).reshape(entry["shape"]) for name, entry in entries
    }


def _check(name: str, entry: object, may_hold: Wanted, room: int) -> None:
    label = clean_text(name, 60)
    if name not in may_hold:
        raise TraceError(f'a part of this trace holds "{label}", which is not expected: it was not recorded by tdiff')
    dtype, shape = may_hold[name]
    if not isinstance(entry, dict) or entry.get("dtype") != dtype or entry.get("shape") != list(shape):
        found = clean_text(json.dumps(entry), 80)
        raise TraceError(
            f"{label} of this trace must be {dtype} of the shape {shape}, not {found}", remedy="record it again"
        )
    begin, end = _offsets(entry.get("data_offsets"))
    if not 0 <= begin <= end <= room or end - begin != math.prod(shape) * np.dtype(_DTYPES[dtype]).itemsize:
        raise TraceError(f"{label} of this trace lies outside its part or has another length", remedy="record it again")


def _offsets(value: object) -> tuple[int, int]:
    if isinstance(value, list) and len(value) == 2 and all(type(offset) is int for offset in value):
        return value[0], value[1]
    return -1, -1
