"""Reading a trace: whole steps only, and nothing in the file is taken on trust."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from tdiff.arrays import F32, U8
from tdiff.errors import TraceError
from tdiff.reading import ReadError, open_file
from tdiff.text import clean_text
from tdiff.traces.content import check_arrays, read_header, unpack
from tdiff.traces.document import STEPS_LIMIT, Head, Line, end_from_json, head_from_json, line_from_json
from tdiff.traces.frames import DONE, FILE_LIMIT, HEAD, MAGIC, Cut, Frame, checked, whole_frames
from tdiff.traces.layout import FINAL, PICTURE, end_layout, step_layout


@dataclass(frozen=True, slots=True, eq=False)
class Previews:
    """What one step looked like: (B, H, W, 3) uint8 each."""

    x_t: U8
    eps: U8
    x0: U8


@dataclass(frozen=True, slots=True, eq=False)
class Tensors:
    """What one step was made of: (B, h, w, C) float32, kept as float16."""

    x_t: F32
    eps_pos: F32
    eps_neg: F32 | None
    """None where the network was not asked about the negative."""
    eps: F32 | None
    """The ε̂ that was used, where guidance alone does not explain it."""


@dataclass(frozen=True, eq=False)
class TraceFile:
    """A trace on disk. Its numbers are in memory; its arrays are read when they are asked for.

    Attributes:
        path: where it lies.
        head: what holds for the whole run.
        lines: the numbers of each step.
        finished: whether the recording came to its end.
        note: one sentence about what is missing, or "".
        bytes: size of the file.
    """

    path: Path
    head: Head
    lines: tuple[Line, ...]
    finished: bool
    note: str
    bytes: int
    _steps: tuple[Frame, ...]
    _end: Frame | None

    def __len__(self) -> int:
        """How many whole steps there are."""
        return len(self.lines)

    @property
    def has_tensors(self) -> bool:
        """Whether the arrays behind the previews were kept."""
        return self.head.tensor_shape is not None

    def previews(self, index: int) -> Previews:
        """What step `index` looked like.

        Raises:
            TraceError: the file has changed since it was opened.
        """
        arrays = self._arrays(self._steps[index])
        return Previews(*(arrays[name] for name in ("preview.x_t", "preview.eps", "preview.x0")))

    def tensors(self, index: int) -> Tensors | None:
        """What step `index` was made of; None where only previews were kept.

        Raises:
            TraceError: the file has changed since it was opened.
        """
        if not self.has_tensors:
            return None
        arrays = self._arrays(self._steps[index])
        wide = {name: array.astype(np.float32) for name, array in arrays.items() if array.dtype == np.float16}
        return Tensors(wide["x_t"], wide["eps_pos"], wide.get("eps_neg"), wide.get("eps"))

    def final(self) -> U8 | None:
        """Preview of what the last step left, (B, H, W, 3); None where it was not recorded."""
        return None if self._end is None else self._arrays(self._end).get(FINAL)

    def picture(self) -> U8 | None:
        """The finished pictures in full size, (B, height, width, 3); None where they were not recorded."""
        return None if self._end is None else self._arrays(self._end).get(PICTURE)

    def _arrays(self, frame: Frame) -> Mapping[str, NDArray[Any]]:
        try:
            with _opened(self.path) as file:
                file.seek(frame.offset)
                return unpack(checked(frame, file.read(frame.length)))
        except OSError as error:
            raise _unreadable(self.path, error) from error
        except Cut as error:
            raise TraceError(f"{_shown(self.path)} has changed since it was opened", remedy="open it again") from error


def open_trace(path: Path) -> TraceFile:
    """Open a trace. A recording that was killed opens up to its last whole step, and `note` says so.

    Every byte is read once, a part at a time, so that what opens is whole.

    Raises:
        TraceError: it cannot be read, is no trace, is of a newer schema, or claims what no trace holds.
    """
    try:
        with _opened(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > FILE_LIMIT:
                raise TraceError(f"{_shown(path)} is larger than {FILE_LIMIT // 2**30} GB, the most that a trace holds")
            return _read(path, file, size)
    except OSError as error:
        raise _unreadable(path, error) from error


def is_trace(path: Path) -> bool:
    """Whether a file begins as traces do; False also for one that cannot be read, and for pipes, which it would eat."""
    try:
        with open_file(path) as file:
            return file.read(len(MAGIC)) == MAGIC
    except (OSError, ReadError):
        return False


def _opened(path: Path) -> BinaryIO:
    try:
        return open_file(path, "one that was recorded with tdiff")
    except ReadError as error:
        raise TraceError(error.message, remedy=error.remedy) from error


def _read(path: Path, file: BinaryIO, size: int) -> TraceFile:
    frames = whole_frames(file, size)
    head = _head(frames)
    lines: list[Line] = []
    steps: list[Frame] = []
    end: Frame | None = None
    cut = ""
    try:
        for frame, content in frames:
            if end is not None or frame.kind == HEAD:
                raise TraceError("this trace goes on where it should end: it was not recorded by tdiff")
            if frame.kind == DONE:
                _check_end(content, head, len(lines))
                end = frame
                continue
            lines.append(_line(content, head, len(lines)))
            steps.append(frame)
    except Cut as reason:
        cut = str(reason)
    note = _note(head, len(lines), end is not None, cut)
    return TraceFile(path, head, tuple(lines), end is not None, note, size, tuple(steps), end)


def _head(frames: Iterator[tuple[Frame, bytes]]) -> Head:
    try:
        frame, content = next(frames)
    except (Cut, StopIteration) as error:
        raise TraceError("this trace is cut off before its first step", remedy="record it again") from error
    if frame.kind != HEAD:
        raise TraceError("this trace does not begin with its head: it was not recorded by tdiff")
    header = read_header(content)
    check_arrays(header, {})
    return head_from_json(header.document)


def _line(content: bytes, head: Head, index: int) -> Line:
    if index >= STEPS_LIMIT:
        raise TraceError(f"this trace has more than {STEPS_LIMIT} steps, which no recording has")
    header = read_header(content)
    check_arrays(header, *step_layout(head))
    line = line_from_json(header.document, head)
    if line.index != index:
        raise TraceError(f"step {line.index} of this trace stands where step {index} belongs", remedy="record it again")
    return line


def _check_end(content: bytes, head: Head, steps: int) -> None:
    header = read_header(content)
    claimed, picture_size = end_from_json(header.document, head)
    check_arrays(header, *end_layout(head, picture_size))
    if claimed != steps:
        raise TraceError(f"this trace holds {steps} steps and its end says {claimed}", remedy="record it again")


def _note(head: Head, steps: int, finished: bool, cut: str) -> str:
    if finished and not cut:
        return ""
    where = f"after step {steps} of {head.steps}" if steps else "before the first step was whole"
    return f"the recording stops {where}: {cut or 'it was ended early'}"


def _shown(path: Path) -> str:
    return clean_text(str(path), 200)


def _unreadable(path: Path, error: OSError) -> TraceError:
    return TraceError(
        f"cannot read {_shown(path)} ({error.strerror or error})", remedy="give a trace that was recorded with tdiff"
    )
