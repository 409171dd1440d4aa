"""Checkpoints that look whole and are not: one sentence each when they are loaded, and nothing is made up."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tdiff.engines.choice import EngineChoice, model_of
from tdiff.engines.diffusers_model import DiffusersModel
from tdiff.errors import TdiffError, UsageError, WeightsError
from tdiff.pipeline import Pipeline

from ..tiny_checkpoint import build


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("diffusers")
    return build(tmp_path_factory.mktemp("checkpoint") / "tiny-sd")


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole, tmp_path / "tiny-sd")


def tried(folder: Path) -> str:
    with pytest.raises(TdiffError) as caught:
        Pipeline(model_of(EngineChoice(model=folder, device="cpu"))).generate("a", steps=1)
    assert "\n" not in str(caught.value) and caught.value.remedy
    return str(caught.value)


def changed(folder: Path, part: str, change: Callable[[dict[str, Any]], object]) -> None:
    from safetensors.numpy import load_file, save_file

    (path,) = (folder / part).glob("*.safetensors")
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path)


def configured(folder: Path, part: str, **fields: Any) -> None:
    path = folder / part / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder"])
def test_tensors_that_are_missing_are_not_made_up(folder: Path, part: str) -> None:
    changed(folder, part, lambda tensors: tensors.pop(min(tensors)))
    assert f"{part} of tiny-sd has" in tried(folder)


@pytest.mark.parametrize(
    ("part", "fields"),
    [
        ("unet", {"block_out_channels": [64, 128]}),
        ("unet", {"cross_attention_dim": 64}),
        ("text_encoder", {"hidden_size": 64}),
        ("text_encoder", {"vocab_size": 10}),
    ],
)
def test_shapes_that_the_configuration_does_not_tell(folder: Path, part: str, fields: dict[str, Any]) -> None:
    configured(folder, part, **fields)
    assert "its weights do not fit its config.json" in tried(folder)


@pytest.mark.parametrize("fields", [{"block_out_channels": "x"}, {"addition_embed_type": "text_time"}])
def test_a_configuration_that_makes_no_sense(folder: Path, fields: dict[str, Any]) -> None:
    configured(folder, "unet", **fields)
    assert "tiny-sd does not load" in tried(folder)


@pytest.mark.parametrize("content", [b"\xff\x00", b"{}", b'{"version": "1.0"}'])
def test_a_tokenizer_that_is_damaged(folder: Path, content: bytes) -> None:
    (folder / "tokenizer" / "tokenizer.json").write_bytes(content)
    assert "tiny-sd does not load" in tried(folder)


@pytest.mark.parametrize("length", [10**30, 78, 2])
def test_a_tokenizer_of_another_length_than_the_encoder(folder: Path, length: int) -> None:
    path = folder / "tokenizer" / "tokenizer_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"model_max_length": length}))
    assert "its text encoder takes 77" in tried(folder)


def test_weights_that_are_no_numbers(folder: Path) -> None:
    changed(folder, "unet", lambda tensors: tensors.update({min(tensors): tensors[min(tensors)] * np.nan}))
    assert "numbers that are not finite in float32: copy the checkpoint again" in tried(folder)


def test_a_checkpoint_that_changes_while_it_is_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = DiffusersModel._loaded

    def loaded(self: DiffusersModel) -> Any:
        pipeline = real(self)
        changed(folder, "unet", lambda tensors: tensors.update({min(tensors): tensors[min(tensors)] + 1}))
        return pipeline

    monkeypatch.setattr(DiffusersModel, "_loaded", loaded)
    assert "tiny-sd changed while it was loaded" in tried(folder)


def test_a_file_that_goes_away_between_the_look_and_the_load(folder: Path) -> None:
    model = model_of(EngineChoice(model=folder, device="cpu"))
    shutil.rmtree(folder / "unet")
    with pytest.raises(WeightsError):
        Pipeline(model).generate("a", steps=1)


@pytest.mark.parametrize(
    "error",
    [MemoryError(), RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory")],
)
@pytest.mark.parametrize("place", ["_loaded", "_placed"])
def test_too_little_memory_names_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, place: str
) -> None:
    def full(*of: object) -> None:
        raise error

    monkeypatch.setattr(DiffusersModel, place, full)
    with pytest.raises(UsageError, match=r"memory is full.*bfloat16.*slicing.*offload"):
        Pipeline(model_of(EngineChoice(model=folder, device="cpu"))).generate("a", steps=1)


def test_loading_says_nothing_on_the_terminal(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Pipeline(model_of(EngineChoice(model=folder, device="cpu"))).generate("a", steps=1)
    assert capfd.readouterr() == ("", "")
