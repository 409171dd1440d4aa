"""Files that were made to do harm: well-formed on the outside, lying within. Each is refused in one sentence."""

import json
import struct
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tdiff.errors import TraceError
from tdiff.traces.content import pack
from tdiff.traces.document import end_to_json, head_to_json, line_to_json
from tdiff.traces.frames import DONE, FRAME_LIMIT, HEAD, MAGIC, STEP, frame_bytes
from tdiff.traces.reader import open_trace

from . import recording

SMALL = {"preview.x_t", "preview.eps", "preview.x0", "x_t", "eps_pos"}


def head(**changes: Any) -> str:
    return json.dumps(json.loads(head_to_json(recording.HEAD)) | changes)


def step(**changes: Any) -> str:
    return json.dumps(json.loads(line_to_json(recording.line(0))) | changes)


def file_of(tmp_path: Path, *frames: bytes) -> Path:
    path = tmp_path / "run.tdiff"
    path.write_bytes(MAGIC + b"".join(frames))
    return path


def good_head() -> bytes:
    return frame_bytes(HEAD, pack(head(), {}))


def lying(document: str, entries: dict[str, Any], data: bytes = b"") -> bytes:
    """A content whose header says whatever it is told to."""
    header = json.dumps({"__metadata__": {"tdiff": document}} | entries).encode()
    return struct.pack("<Q", len(header)) + header + data


def entry(dtype: str = "U8", shape: list[int] | None = None, offsets: list[Any] | None = None) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape or [2, 4, 5, 3], "data_offsets": offsets or [0, 120]}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"schema": 2}, "schema version 2 .*: update tdiff"),
        ({"schema": None}, '"schema"'),
        ({"schema": True}, '"schema"'),
        ({"steps": 0}, '"steps"'),
        ({"steps": 10**9}, '"steps"'),
        ({"steps": 3.0}, '"steps"'),
        ({"pictures": []}, '"pictures"'),
        ({"pictures": [{}] * 65}, '"pictures"'),
        ({"pictures": [3]}, '"pictures"'),
        ({"pictures": [{"prompt": 3}]}, '"prompt"'),
        ({"pictures": [{"prompt": "a" * 20_001}]}, '"prompt"'),
        ({"pictures": [{"seed": -1}]}, '"seed"'),
        ({"pictures": [{"seed": 2**64}]}, '"seed"'),
        ({"preview": {"height": 10**6, "width": 1, "how": "linear"}}, '"height"'),
        ({"preview": {"height": 4096, "width": 4096, "how": "linear"}}, "2 × 4096 × 4096"),
        ({"preview": {"height": 4, "width": 5, "how": "magic"}}, '"how"'),
        ({"preview": [4, 5]}, '"preview"'),
        ({"tensors": [4096, 4096, 4]}, "2 × 4096 × 4096"),
        ({"tensors": [4, 5]}, '"tensors"'),
        ({"tensors": [4, 5, 65]}, '"tensors"'),
        ({"tensors": [4, 5, "2"]}, '"tensors"'),
        ({"guidance": "5"}, '"guidance"'),
        ({"guidance": 1e300}, '"guidance"'),
        ({"scheduler": "x" * 201}, '"scheduler"'),
        ({"prediction": "guess"}, '"prediction"'),
        ({"model": {"name": "tiny", "hash": "xyz"}}, '"hash"'),
        ({"versions": {str(i): "1" for i in range(33)}}, '"versions"'),
        ({"recipe": 3}, '"recipe"'),
    ],
)
def test_a_head_with_a_field_that_lies(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    path = file_of(tmp_path, frame_bytes(HEAD, pack(head(**changes), {})))
    with pytest.raises(TraceError, match=says) as caught:
        open_trace(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("[1]", "JSON object"),
        ("{", "not JSON"),
        ("{}", "schema"),
        ('{"schema": 1, "schema": 1}', "twice"),
        ('{"schema": NaN}', "NaN"),
        ('{"schema": 1e999}', "too large"),
        ("[" * 100_000, "nested|at most"),
        ('{"a": ' * 5000 + "1" + "}" * 5000, "nested"),
        (" " * (512 * 1024 + 1), "at most"),
    ],
)
def test_a_head_that_is_no_document(tmp_path: Path, document: str, says: str) -> None:
    with pytest.raises(TraceError, match=says):
        open_trace(file_of(tmp_path, frame_bytes(HEAD, pack(document, {}))))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"index": 1}, "stands where step 0 belongs"),
        ({"index": -1}, '"index"'),
        ({"alpha": 1.5}, '"alpha"'),
        ({"alpha": 0.0}, "don't add up"),
        ({"sigma": None}, '"sigma"'),
        ({"t": "900"}, '"t"'),
        ({"finite": 1}, '"finite"'),
        ({"eps_rms": [1]}, '"eps_rms"'),
        ({"eps_rms": [-1, 1]}, '"eps_rms"'),
        ({"change": {}}, '"change"'),
        ({"seconds": -1}, '"seconds"'),
    ],
)
def test_a_step_with_a_number_that_lies(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    frame = frame_bytes(STEP, pack(step(**changes), recording.arrays(0)))
    with pytest.raises(TraceError, match=says):
        open_trace(file_of(tmp_path, good_head(), frame))


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ({}, "lacks"),
        ({"evil\x1b[31m": entry()}, "not expected"),
        ({"preview.x0": entry(dtype="F64")}, "must be U8"),
        ({"preview.x0": entry(shape=[2**40, 4, 5, 3])}, "must be U8"),
        ({"preview.x0": entry(shape=[2, 4, 5, True])}, "must be U8|lies outside"),
        ({"preview.x0": entry(offsets=[0, 10**12])}, "lies outside"),
        ({"preview.x0": entry(offsets=[-120, 0])}, "lies outside"),
        ({"preview.x0": entry(offsets=[0, 119])}, "lies outside"),
        ({"preview.x0": entry(offsets=[0.0, 120.0])}, "lies outside"),
        ({"preview.x0": entry(offsets=["a", "b"])}, "lies outside"),
        ({"preview.x0": 3}, "must be U8"),
    ],
)
def test_a_step_whose_arrays_lie(tmp_path: Path, entries: dict[str, Any], says: str) -> None:
    frame = frame_bytes(STEP, lying(step(), entries, bytes(200)))
    with pytest.raises(TraceError, match=says) as caught:
        open_trace(file_of(tmp_path, good_head(), frame))
    assert "\x1b" not in str(caught.value)


def test_arrays_that_overlap_are_refused_when_they_are_read(tmp_path: Path) -> None:
    half = {"dtype": "F16", "shape": [2, 4, 5, 2], "data_offsets": [0, 160]}
    entries = {name: half if name in ("x_t", "eps_pos") else entry() for name in SMALL}
    trace = open_trace(file_of(tmp_path, good_head(), frame_bytes(STEP, lying(step(), entries, bytes(160)))))
    with pytest.raises(TraceError, match="no whole safetensors"):
        trace.previews(0)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no whole header"),
        (struct.pack("<Q", 2**63) + b"{}", "no whole header"),
        (struct.pack("<Q", 2) + b"{}", "lacks its document"),
        (struct.pack("<Q", 2) + b"\xc3\x28", "UTF-8"),
        (lying("{}", {})[:20], "no whole header"),
    ],
)
def test_a_part_without_a_header(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(TraceError, match=says):
        open_trace(file_of(tmp_path, good_head(), frame_bytes(STEP, content)))


def test_parts_in_the_wrong_order(tmp_path: Path) -> None:
    one = frame_bytes(STEP, pack(step(), recording.arrays(0)))
    end = frame_bytes(DONE, pack(end_to_json(1, None), {"preview.final": recording.final()}))
    for frames, says in (
        ((one,), "begin with its head"),
        ((good_head(), good_head()), "goes on"),
        ((good_head(), one, end, one), "goes on"),
        ((good_head(), end), "holds 0 steps and its end says 1"),
        ((good_head(), one, one), "stands where step 1 belongs"),
    ):
        with pytest.raises(TraceError, match=says):
            open_trace(file_of(tmp_path, *frames))


def test_an_end_that_claims_a_huge_picture(tmp_path: Path) -> None:
    for size, says in (([4096, 4096], "2 × 4096 × 4096"), ([10**9, 1], '"picture"'), ([1], '"picture"')):
        document = json.dumps({"steps": 0, "picture": size})
        frame = frame_bytes(DONE, pack(document, {"preview.final": recording.final()}))
        with pytest.raises(TraceError, match=says):
            open_trace(file_of(tmp_path, good_head(), frame))


def test_a_claimed_size_allocates_nothing(tmp_path: Path) -> None:
    """A part of 2^60 bytes in a file of a hundred, and one just under the limit."""
    for length, says in ((2**60, "the most that is read"), (FRAME_LIMIT, "cut off")):
        path = tmp_path / "run.tdiff"
        path.write_bytes(MAGIC + struct.pack("<4sIQ", HEAD, 0, length) + bytes(100))
        tracemalloc.start()
        with pytest.raises(TraceError, match=says):
            open_trace(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 2**20


def test_texts_are_cleaned(tmp_path: Path) -> None:
    evil = "a\x1b]0;owned\x07 \u202ered apple"
    pictures = [{"prompt": evil, "negative": evil, "seed": 1}] * 2
    document = head(pictures=pictures, scheduler=evil, model={"name": evil, "hash": ""}, versions={evil: evil})
    read = open_trace(file_of(tmp_path, frame_bytes(HEAD, pack(document, {})))).head
    shown = repr(read).replace("\\x", "!")
    assert "\x1b" not in shown and "\u202e" not in shown and "!1b" not in shown
    assert read.pictures[0].prompt is not None and "red apple" in read.pictures[0].prompt


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.sampled_from(sorted(json.loads(head()))), value=JSON)
def test_any_value_in_any_field_of_the_head_is_taken_or_refused(tmp_path: Path, name: str, value: object) -> None:
    path = file_of(tmp_path, frame_bytes(HEAD, pack(head(**{name: value}), {})))
    try:
        assert len(open_trace(path)) == 0
    except TraceError as error:
        assert "\n" not in str(error) and len(str(error)) < 400


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.sampled_from(sorted(json.loads(step()))), value=JSON)
def test_any_value_in_any_field_of_a_step_is_taken_or_refused(tmp_path: Path, name: str, value: object) -> None:
    frame = frame_bytes(STEP, pack(step(**{name: value}), recording.arrays(0)))
    try:
        trace = open_trace(file_of(tmp_path, good_head(), frame))
        assert np.isfinite(trace.lines[0].alpha)
    except TraceError as error:
        assert "\n" not in str(error) and len(str(error)) < 400
