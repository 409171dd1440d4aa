"""`tdiff generate --trace` and `tdiff inspect` on a trace."""

import json
from pathlib import Path

import numpy as np
import pytest

from tdiff.render.load import load_picture
from tdiff.traces.reader import open_trace

GENERATE = ("generate", "a red apple", "--negative", "dog", "--seed", "7", "--steps", "3")


def test_a_run_is_recorded_with_its_pictures_and_its_command(tdiff, tmp_path: Path) -> None:
    code, _, said = tdiff(*GENERATE, "--count", "2", "--out", "many", "--trace", "run.tdiff")
    assert code == 0 and "trace of 3 steps: run.tdiff" in said
    trace = open_trace(tmp_path / "run.tdiff")
    assert trace.finished and len(trace) == 3 and trace.head.scheduler == "ddim" and trace.head.guidance == 3
    assert [p.seed for p in trace.head.pictures] == [7, 8]
    pictures = trace.picture()
    assert pictures is not None
    for picture, name in zip(pictures, ("a-red-apple-7.png", "a-red-apple-8.png"), strict=True):
        saved = load_picture(tmp_path / "many" / name).picture
        assert np.array_equal(picture, np.rint((saved + 1) * 127.5).astype(np.uint8))
    code, out, _ = tdiff("inspect", "run.tdiff")
    assert code == 0
    assert "3 of 3 steps, 2 pictures" in out and "$ tdiff generate 'a red apple' --negative dog" in out
    assert "picture 2 seed       8" in out and "both predictions" in out


def test_the_guidance_can_be_moved_afterwards(tdiff, tmp_path: Path) -> None:
    """What another guidance would have seen at the first step follows from the two predictions that are kept."""
    tdiff(*GENERATE, "--no-clip", "--out", "a.png", "--trace", "a.tdiff")
    tdiff(*GENERATE, "--no-clip", "--guidance", "9", "--out", "b.png", "--trace", "b.tdiff")
    four, nine = (open_trace(tmp_path / f"{name}.tdiff").tensors(0) for name in "ab")
    assert four is not None and nine is not None and four.eps_neg is not None and nine.eps_neg is not None
    moved = four.eps_neg + 9 * (four.eps_pos - four.eps_neg)
    wanted = nine.eps_neg + 9 * (nine.eps_pos - nine.eps_neg)
    assert np.abs(moved - wanted).max() < 0.02


def test_prompts_stay_out_of_a_trace_too(tdiff, tmp_path: Path) -> None:
    assert tdiff(*GENERATE, "--leave-out-prompt", "--out", "a.png", "--trace", "run.tdiff")[0] == 0
    data = (tmp_path / "run.tdiff").read_bytes()
    assert b"apple" not in data and b"dog" not in data
    code, out, _ = tdiff("inspect", "run.tdiff")
    assert code == 0 and "prompt     not stated" in out and "seed       7" in out


def test_a_trace_is_not_overwritten_unasked_and_nothing_is_made_then(tdiff, tmp_path: Path) -> None:
    (tmp_path / "run.tdiff").write_text("mine")
    code, _, said = tdiff(*GENERATE, "--out", "a.png", "--trace", "run.tdiff")
    assert code == 1 and "run.tdiff exists" in said and not (tmp_path / "a.png").exists()
    assert tdiff(*GENERATE, "--out", "a.png", "--trace", "run.tdiff", "--overwrite")[0] == 0
    assert len(open_trace(tmp_path / "run.tdiff")) == 3


def test_a_disk_that_fills_loses_the_trace_and_no_picture(
    tdiff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tdiff.traces.writer.FILE_LIMIT", 60_000)
    code, _, said = tdiff(*GENERATE, "--out", "a.png", "--trace", "run.tdiff")
    assert code == 1 and "the recording stopped" in said and (tmp_path / "a.png").exists()
    assert 1 <= len(open_trace(tmp_path / "run.tdiff")) < 3


def test_a_trace_that_was_cut_off_is_told(tdiff, tmp_path: Path) -> None:
    tdiff(*GENERATE, "--out", "a.png", "--trace", "run.tdiff")
    data = (tmp_path / "run.tdiff").read_bytes()
    (tmp_path / "cut.tdiff").write_bytes(data[: len(data) // 2])
    code, out, said = tdiff("inspect", "cut.tdiff")
    assert code == 0 and "1 of 3 steps" in out and "the recording stops after step 1 of 3" in said
    code, out, _ = tdiff("inspect", "cut.tdiff", "--json")
    content = json.loads(out)
    assert code == 0 and content["finished"] is False and content["lines"][0]["index"] == 0
    (tmp_path / "cut.tdiff").write_bytes(data[:30])
    code, _, said = tdiff("inspect", "cut.tdiff")
    assert code == 1 and said.startswith("tdiff: ") and said.count("\n") == 1


def test_more_pictures_than_a_batch_are_refused(tdiff) -> None:
    code, _, said = tdiff(*GENERATE, "--count", "17", "--out", "many", "--trace", "run.tdiff")
    assert code == 2 and "--trace records up to 16" in said


def test_a_trace_goes_into_a_folder_that_is_not_there_yet(tdiff) -> None:
    assert tdiff(*GENERATE, "--out", "a.png", "--trace", "new/runs/a.tdiff")[0] == 0
    assert Path("new/runs/a.tdiff").stat().st_size > 1000


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("-", "name one, such as run.tdiff"),
        ("/dev/stdout", "name one, such as run.tdiff"),
        ("new/", "name one, such as run.tdiff"),
        (".", "name one, such as run.tdiff"),
        ("file/a.tdiff", "what should be its folder is a file; choose another place"),
        ("a" * 300 + "/a.tdiff", "File name too long"),
    ],
)
def test_a_trace_that_cannot_be_is_refused_before_the_work(tdiff, named: str, says: str) -> None:
    Path("file").touch()
    code, out, said = tdiff(*GENERATE, "--out", "a.png", "--trace", named)
    assert code in (1, 2) and says in said and said.count("\n") == 1
    assert not out and sorted(Path().iterdir()) == [Path("file")]
