"""`tdiff generate --engine`, `--model` and `--device`, and what `tdiff doctor` says of them."""

import importlib.metadata
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from tdiff.commands.engines import engines
from tdiff.engines.devices import devices_here
from tdiff.provenance import read_metadata
from tdiff.render.load import load_picture
from tdiff.traces.reader import open_trace

from ..tiny_checkpoint import build


def test_torch_makes_the_picture_of_numpy(tdiff, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    common = ("generate", "a red apple", "--seed", "7", "--steps", "3")
    assert tdiff(*common, "--out", "a.png")[0] == 0
    assert tdiff(*common, "--engine", "torch", "--device", "cpu", "--out", "b.png")[0] == 0
    first, second = (load_picture(tmp_path / name).picture for name in ("a.png", "b.png"))
    assert np.abs(first - second).max() <= 1 / 127


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--engine", "jax"), "--engine is one of"),
        (("--device", "cuda"), "choose --engine torch"),
        (("--model", "nowhere"), "there is no nowhere"),
        (("--engine", "diffusers"), "give its folder with --model"),
    ],
)
def test_what_is_not_to_be_had_is_one_sentence(tdiff, options: tuple[str, str], says: str) -> None:
    code, _, said = tdiff("generate", "a red apple", *options, "--out", "a.png")
    assert code in (1, 2) and says in said and said.strip().count("\n") == 0


def test_a_single_file_is_refused_with_the_way_to_convert(tdiff, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"")
    code, _, said = tdiff("generate", "a red apple", "--model", "model.safetensors", "--out", "a.png")
    assert code == 1 and "from_single_file" in said


def test_a_checkpoint_makes_and_records_a_picture_of_its_own_size(tdiff, tmp_path: Path) -> None:
    pytest.importorskip("diffusers")
    build(tmp_path / "tiny", "sd1")
    words = "word " * 30
    code, out, said = tdiff(
        *("generate", words, "--model", "tiny", "--device", "cpu", "--steps", "2", "--seed", "1"),
        *("--out", "a.png", "--trace", "run.tdiff", "--json"),
    )
    assert code == 0 and "the prompt is cut at 77 tokens" in said
    assert json.loads(out)["file"] == "a.png"
    trace = open_trace(tmp_path / "run.tdiff")
    assert trace.head.preview == "linear" and trace.head.tensor_shape == (16, 16, 4) and trace.head.model == "tiny"
    picture = trace.picture()
    assert picture is not None and picture.shape == (1, 32, 32, 3)
    code, out, _ = tdiff("inspect", "run.tdiff")
    assert code == 0 and "--model tiny" in out.partition("$ tdiff generate")[2]
    recipe = read_metadata(tmp_path / "a.png").recipe
    assert recipe is not None
    assert (recipe.model_name, recipe.engine, recipe.dtype) == ("tiny", "diffusers", "float32")
    code, _, said = tdiff("generate", "a red apple", "--recipe", "a.png", "--steps", "1", "--out", "b.png")
    assert code == 0 and "was made with tiny" in said and "the picture will differ" in said


def test_doctor_says_how_to_get_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    facts = engines()
    assert "pip install 'tdiff-explorer[torch]'" in facts["engine torch"]
    assert "pip install 'tdiff-explorer[diffusers]'" in facts["engine diffusers"]
    assert facts["engine numpy"].endswith("CPU, float32") and "devices" not in facts


def test_a_library_without_metadata_is_told_and_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.metadata.version

    def version(name: str) -> str:
        if name == "torch":
            raise importlib.metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr("importlib.util.find_spec", lambda name: object() if name == "torch" else None)
    monkeypatch.setattr("importlib.metadata.version", version)
    monkeypatch.setattr("tdiff.commands.engines.devices_here", lambda: "cpu")
    assert engines()["engine torch"] == "torch of an unknown version"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("import os; os.abort()", "it ends Python with signal 6"),
        ("import os; os._exit(3)", "it ends Python with exit code 3"),
        ("raise OSError('libcudart.so.12: cannot open\\nshared object')", "(libcudart.so.12: cannot open)"),
    ],
)
def test_a_pytorch_that_crashes_is_told(tmp_path: Path, monkeypatch, content: str, says: str) -> None:
    (tmp_path / "torch.py").write_text(content)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    said = devices_here()
    assert said.startswith("PyTorch does not start") and says in said and said.endswith(": install it again")


def test_a_run_is_recorded_where_pytorch_is_not_to_be_had(
    tdiff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("torch", "diffusers", "transformers"):
        monkeypatch.setitem(sys.modules, name, None)
    assert tdiff("generate", "a cat", "--steps", "1", "--out", "a.png", "--trace", "run.tdiff")[0] == 0
    assert set(open_trace(tmp_path / "run.tdiff").head.versions) == {"tdiff", "numpy"}
    assert tdiff("inspect", "run.tdiff")[0] == 0
