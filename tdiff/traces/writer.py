"""Writing a trace, step by step: what is written is whole, whatever happens next."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from numpy.typing import NDArray

from tdiff.errors import OutputError, TraceError
from tdiff.files import refuse_existing
from tdiff.text import clean_text
from tdiff.traces.content import Wanted, pack
from tdiff.traces.document import (
    Head,
    Line,
    end_from_json,
    end_to_json,
    head_from_json,
    head_to_json,
    line_from_json,
    line_to_json,
)
from tdiff.traces.frames import DONE, FILE_LIMIT, HEAD, MAGIC, STEP, frame_bytes
from tdiff.traces.layout import FINAL, PICTURE, end_layout, step_layout

Arrays = Mapping[str, NDArray[Any]]


class TraceWriter:
    """A trace that is being recorded. Every call leaves a file that opens.

    Args:
        path: where to; the folder must exist.
        head: what holds for the whole run.
        overwrite: replace a file that is there.

    Raises:
        OutputError: the file exists or cannot be written.
        TraceError: the head is one that no reader would take.
    """

    def __init__(self, path: Path, head: Head, overwrite: bool = False) -> None:
        self.path, self.head = path, head_from_json(head_to_json(head))
        self._next = 0
        if not overwrite:
            refuse_existing(path)
        flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if overwrite else os.O_EXCL) | getattr(os, "O_BINARY", 0)
        try:
            self._file = os.fdopen(os.open(path, flags, 0o666), "wb", buffering=0)
        except OSError as error:
            raise OutputError(f"cannot write {self._shown}: {error.strerror}", remedy="choose another place") from error
        self._size = 0
        try:
            self._append(MAGIC + frame_bytes(HEAD, pack(head_to_json(self.head), {})))
        except OutputError:  # there is nothing in it yet that anybody would miss
            self.close()
            path.unlink(missing_ok=True)
            raise

    def step(self, line: Line, arrays: Arrays) -> None:
        """Append a step.

        Args:
            line: its numbers; steps follow one another from index 0.
            arrays: by the names in `layout`.

        Raises:
            OutputError: the disk is full or gone; the steps before are safe.
            TraceError: the step does not fit the head.
        """
        if line.index != self._next:
            raise TraceError(f"step {line.index} does not follow step {self._next - 1}", remedy="record steps in order")
        document = line_to_json(line)
        line_from_json(document, self.head)
        _check(arrays, *step_layout(self.head))
        self._append(frame_bytes(STEP, pack(document, arrays)))
        self._next += 1

    def finish(self, final: NDArray[Any] | None = None, picture: NDArray[Any] | None = None) -> None:
        """Append the end, which says that nothing is missing.

        Args:
            final: preview of what the last step left, (B, H, W, 3) uint8.
            picture: the finished pictures in full size, (B, height, width, 3) uint8.

        Raises:
            OutputError: the disk is full or gone; the steps are safe.
            TraceError: an array does not fit the head.
        """
        size = None if picture is None else (picture.shape[1], picture.shape[2])
        document = end_to_json(self._next, size)
        end_from_json(document, self.head)
        arrays = {name: array for name, array in ((FINAL, final), (PICTURE, picture)) if array is not None}
        _check(arrays, *end_layout(self.head, size))
        self._append(frame_bytes(DONE, pack(document, arrays)))
        self.close()

    def close(self) -> None:
        """Close the file; closing twice is no fault."""
        self._file.close()

    def __enter__(self) -> "TraceWriter":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def _shown(self) -> str:
        return clean_text(str(self.path), 200)

    def _append(self, data: bytes) -> None:
        """Append a whole frame, or leave the file as it was before."""
        if self._size + len(data) > FILE_LIMIT:
            raise OutputError(
                f"{self._shown} would grow beyond {FILE_LIMIT // 2**30} GB, the most that a trace can hold: the steps "
                "so far are kept",
                remedy="record without tensors",
            )
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self._file.truncate(self._size)
            raise OutputError(
                f"cannot write {self._shown}: {error.strerror}{'; the steps so far are kept' if self._size else ''}",
                remedy="make room or choose another place",
            ) from error
        self._size += len(data)


def _check(arrays: Arrays, may_hold: Wanted, must_hold: frozenset[str]) -> None:
    """Refuse what no reader would take."""
    kinds = {"U8": "uint8", "F16": "float16"}
    for name, array in arrays.items():
        if name not in may_hold:
            raise TraceError(f"this trace has no place for {name}: its head says that no such arrays are kept")
        dtype, shape = may_hold[name]
        if array.dtype.name != kinds[dtype] or array.shape != shape:
            raise TraceError(f"{name} must be {kinds[dtype]} of {shape}, not {array.dtype.name} of {array.shape}")
    missing = sorted(must_hold - set(arrays))
    if missing:
        raise TraceError(f"a step of this trace needs {missing[0]}")
