"""What was recorded comes back; what was cut off opens as far as it is whole."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load

from tdiff.errors import OutputError, TraceError
from tdiff.traces.frames import MAGIC, whole_frames
from tdiff.traces.reader import TraceFile, is_trace, open_trace
from tdiff.traces.writer import TraceWriter

from .recording import HEAD, arrays, final, line, picture, recorded

SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def check_step(trace: TraceFile, index: int) -> None:
    wanted, previews, tensors = arrays(index), trace.previews(index), trace.tensors(index)
    assert trace.lines[index] == line(index)
    for name in ("x_t", "eps", "x0"):
        assert np.array_equal(getattr(previews, name), wanted[f"preview.{name}"])
    assert tensors is not None and tensors.eps_neg is not None and tensors.eps is None
    for name in ("x_t", "eps_pos", "eps_neg"):
        assert np.array_equal(getattr(tensors, name), wanted[name].astype(np.float32))


def test_a_whole_recording_comes_back(tmp_path: Path) -> None:
    trace = open_trace(recorded(tmp_path / "run.tdiff"))
    assert trace.head == HEAD
    assert len(trace) == 3 and trace.finished and trace.note == ""
    for index in range(3):
        check_step(trace, index)
    assert np.array_equal(trace.final(), final())
    assert np.array_equal(trace.picture(), picture())


def test_every_part_is_a_safetensors_file_of_its_own(tmp_path: Path) -> None:
    path = recorded(tmp_path / "run.tdiff")
    with path.open("rb") as file:
        contents = [content for _, content in whole_frames(file, path.stat().st_size)]
    assert len(contents) == 5
    assert set(load(contents[2])) == set(arrays(1))


def test_a_recording_can_be_opened_while_it_is_made(tmp_path: Path) -> None:
    path = tmp_path / "run.tdiff"
    with TraceWriter(path, HEAD) as writer:
        assert len(open_trace(path)) == 0
        writer.step(line(0), arrays(0))
        trace = open_trace(path)
        check_step(trace, 0)
        assert not trace.finished and trace.final() is None and trace.picture() is None
        assert trace.note == "the recording stops after step 1 of 3: it was ended early"


@SHARED
@given(share=st.floats(0, 1, exclude_max=True))
def test_wherever_it_is_cut_off_the_whole_steps_open(tmp_path: Path, share: float) -> None:
    data = recorded(tmp_path / f"{share}.tdiff").read_bytes()
    (tmp_path / f"{share}.tdiff").unlink()
    kept = int(share * len(data))
    cut = tmp_path / "cut.tdiff"
    cut.write_bytes(data[:kept])
    with cut.open("rb") as file:
        try:
            ends = [frame.offset + frame.length for frame, _ in whole_frames(file, kept)]
        except Exception:
            ends = []
    if kept < len(MAGIC):
        with pytest.raises(TraceError, match="no trace"):
            open_trace(cut)
        return
    whole = sum(end <= kept for end in _ends(data))
    assert not ends or len(ends) == whole
    if whole == 0:
        with pytest.raises(TraceError, match="cut off before its first step"):
            open_trace(cut)
        return
    trace = open_trace(cut)
    assert len(trace) == whole - 1 and not trace.finished and "stops" in trace.note
    for index in range(len(trace)):
        check_step(trace, index)


def _ends(data: bytes) -> list[int]:
    """Where each frame ends, read off the file by hand."""
    ends, place = [], len(MAGIC)
    while place < len(data):
        place += 16 + int.from_bytes(data[place + 8 : place + 16], "little")
        ends.append(place)
    return ends


@SHARED
@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_one_flipped_bit_never_changes_a_step_that_opens(tmp_path: Path, share: float, bit: int) -> None:
    path = tmp_path / "run.tdiff"
    path.unlink(missing_ok=True)
    data = bytearray(recorded(path).read_bytes())
    place = int(share * len(data))
    data[place] ^= 1 << bit
    path.write_bytes(data)
    try:
        trace = open_trace(path)
    except TraceError as error:
        assert str(error) and "\n" not in str(error)
        return
    assert not trace.finished and trace.note
    for index in range(len(trace)):
        check_step(trace, index)


@SHARED
@given(data=st.binary(max_size=400), magic=st.booleans())
def test_any_bytes_are_refused_or_open(tmp_path: Path, data: bytes, magic: bool) -> None:
    path = tmp_path / "run.tdiff"
    path.write_bytes(MAGIC + data if magic else data)
    with pytest.raises(TraceError) as caught:
        open_trace(path)
    assert "\n" not in str(caught.value)


def test_numbers_that_were_not_finite_come_back_as_such(tmp_path: Path) -> None:
    path = tmp_path / "run.tdiff"
    with TraceWriter(path, HEAD) as writer:
        writer.step(line(0, finite=False, eps_rms=(math.nan, 1.0), apart=None), arrays(0))
    read = open_trace(path).lines[0]
    assert not read.finite and math.isnan(read.eps_rms[0]) and read.eps_rms[1] == 1 and read.apart is None


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    path = recorded(tmp_path / "run.tdiff")
    before = path.read_bytes()
    with pytest.raises(OutputError, match="exists"):
        TraceWriter(path, HEAD)
    assert path.read_bytes() == before
    TraceWriter(path, HEAD, overwrite=True).close()
    assert len(open_trace(path)) == 0


def test_a_step_that_no_reader_would_take_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "run.tdiff"
    with TraceWriter(path, HEAD) as writer:
        writer.step(line(0), arrays(0))
        for bad, says in (
            (line(2), "does not follow"),
            (line(1, alpha=0.9), "don't add up"),
            (line(1, eps_rms=(1.0,)), "eps_rms"),
        ):
            with pytest.raises(TraceError, match=says):
                writer.step(bad, arrays(1))
        for name, array in (
            ("preview.x0", np.zeros((2, 4, 5, 3), np.float32)),
            ("preview.x0", np.zeros((1, 4, 5, 3), np.uint8)),
            ("v", np.zeros((2, 4, 5, 2), np.float16)),
        ):
            with pytest.raises(TraceError, match=name):
                writer.step(line(1), arrays(1) | {name: array})
    assert len(open_trace(path)) == 1


@pytest.mark.parametrize("room", [0, 1, 700, 2500])
def test_a_disk_that_fills_keeps_the_whole_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    path = tmp_path / "run.tdiff"
    writer = TraceWriter(path, HEAD)
    writer.step(line(0), arrays(0))
    writer._file = FullDisk(writer._file, room)  # type: ignore[assignment]
    with pytest.raises(OutputError, match=r"No space left on device; the steps so far are kept"):
        for index in (1, 2):
            writer.step(line(index), arrays(index))
    writer.close()
    trace = open_trace(path)
    assert 1 <= len(trace) <= 2
    for index in range(len(trace)):
        check_step(trace, index)


class FullDisk:
    """A file that takes `room` bytes more, and short writes on the way."""

    def __init__(self, file: object, room: int) -> None:
        self._file, self._room = file, room

    def write(self, data: bytes) -> int:
        if self._room == 0:
            raise OSError(28, "No space left on device")
        part = min(len(data), self._room, 300)
        self._room -= part
        return self._file.write(data[:part])  # type: ignore[attr-defined, no-any-return]

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


def test_a_file_that_changes_after_it_was_opened_is_noticed(tmp_path: Path) -> None:
    path = recorded(tmp_path / "run.tdiff")
    trace = open_trace(path)
    data = bytearray(path.read_bytes())
    data[-20] ^= 255
    path.write_bytes(data)
    with pytest.raises(TraceError, match="changed since it was opened"):
        trace.picture()
    path.unlink()
    with pytest.raises(TraceError, match="there is no file"):
        trace.previews(0)


def test_what_is_no_trace_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    assert not is_trace(tmp_path / "a.png") and not is_trace(tmp_path) and not is_trace(tmp_path / "none")
    assert is_trace(recorded(tmp_path / "run.tdiff"))
    for path in (tmp_path, tmp_path / "none", tmp_path / "a.png"):
        with pytest.raises(TraceError):
            open_trace(path)
