"""`tdiff run.tdiff` on a terminal, on a machine whose PyTorch must not be touched; and files that are no traces."""

import json
from pathlib import Path

import pytest

from tdiff.traces.content import pack
from tdiff.traces.document import head_to_json
from tdiff.traces.frames import HEAD, MAGIC, frame_bytes

from ..traces import recording
from ..views.latents import recorded

FORBIDDEN = "raise RuntimeError('it was imported')\n"


def test_a_trace_opens_where_no_other_engine_does(tmp_path: Path, start) -> None:
    for name in ("torch", "diffusers", "transformers"):
        (tmp_path / "extras" / name).mkdir(parents=True)
        (tmp_path / "extras" / name / "__init__.py").write_text(FORBIDDEN)
    root = Path(__file__).parents[2]
    recorded(tmp_path / "run.tdiff")
    program = start(command=("-m", "tdiff", "run.tdiff"), env={"PYTHONPATH": f"{tmp_path / 'extras'}:{root}"})
    program.shows("recorded · tiny-sd d1ffd1ff")
    program.press(" ")
    program.shows("step 2 of 4")
    program.press("q")
    assert program.ends() == 0 and program.sane


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda good: b"", "no trace of tdiff"),
        (lambda good: good[:30], "cut off before its first step"),
        (lambda good: b"not a trace at all", "no trace of tdiff"),
        (lambda good: MAGIC + frame_bytes(HEAD, pack(newer(), {})), "update tdiff"),
        (lambda good: MAGIC + b"HEAD" + b"\xff" * 12, ""),
        (None, "there is no file bad.tdiff"),
    ],
)
def test_what_cannot_be_opened_is_one_sentence_on_an_untouched_terminal(tmp_path: Path, start, make, says) -> None:
    good = recording.recorded(tmp_path / "good.tdiff").read_bytes()
    if make is not None:
        (tmp_path / "bad.tdiff").write_bytes(make(good))
    program = start(command=("-m", "tdiff", "bad.tdiff"))
    assert program.ends() == 1 and program.sane
    said = program.output.decode()
    assert "tdiff: " in said and "\x1b" not in said and says in " ".join(said.split())


def newer() -> str:
    return json.dumps(json.loads(head_to_json(recording.HEAD)) | {"schema": 2})
