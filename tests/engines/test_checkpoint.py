"""Folders that are no checkpoint, or not one that is supported: one sentence each, before anything is loaded."""

import json
import shutil
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tdiff.engines.checkpoint import read_checkpoint
from tdiff.engines.checkpoint_schedule import CheckpointSchedule
from tdiff.engines.choice import EngineChoice
from tdiff.errors import WeightsError

INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
    "text_encoder": ["transformers", "CLIPTextModel"],
}
UNET = {"sample_size": 64}
SCHEDULER = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "steps_offset": 1}


def weights(numbers: int = 0) -> bytes:
    """A whole safetensors file."""
    header = json.dumps({"w": {"dtype": "F32", "shape": [numbers], "data_offsets": [0, 4 * numbers]}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(4 * numbers)


def checkpoint(
    folder: Path, index: Any = INDEX, scheduler: Any = SCHEDULER, suffix: str = "safetensors", unet: Any = UNET
) -> Path:
    """The outside of a checkpoint."""
    for part in ("unet", "vae", "text_encoder", "tokenizer", "scheduler"):
        (folder / part).mkdir(parents=True)
    for part in ("unet", "vae", "text_encoder"):
        (folder / part / "config.json").write_text(json.dumps(unet if part == "unet" else {}))
        (folder / part / f"diffusion_pytorch_model.{suffix}").write_bytes(weights())
    for name in ("tokenizer_config", "vocab"):
        (folder / "tokenizer" / f"{name}.json").write_text("{}")
    (folder / "tokenizer" / "merges.txt").write_text("")
    (folder / "model_index.json").write_text(json.dumps(index))
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(scheduler))
    return folder


def test_a_checkpoint_is_known_by_its_outside(tmp_path: Path) -> None:
    found = read_checkpoint(checkpoint(tmp_path / "model"))
    assert (found.family, found.prediction, found.name, found.variant) == ("sd", "epsilon", "model", None)
    assert read_checkpoint(checkpoint(tmp_path / "half", suffix="fp16.safetensors")).variant == "fp16"


@pytest.mark.parametrize(
    ("index", "says"),
    [
        ({**INDEX, "_class_name": "FluxPipeline"}, "is for FluxPipeline, .*tdiff.record"),
        ({**INDEX, "_class_name": ["evil"]}, "is for"),
        ({**INDEX, "unet": ["my_code", "Evil"]}, "unet of the checkpoint must be diffusers.UNet2DConditionModel"),
        ({**INDEX, "vae": None}, "vae of the checkpoint must be"),
        ([1], "damaged"),
    ],
)
def test_another_class_is_refused(tmp_path: Path, index: Any, says: str) -> None:
    with pytest.raises(WeightsError, match=says) as caught:
        read_checkpoint(checkpoint(tmp_path / "model", index))
    assert "\n" not in str(caught.value)


def test_pickles_are_refused_with_the_way_to_convert(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"is a pickle, which can run anything .*save_pretrained"):
        read_checkpoint(checkpoint(tmp_path / "model", suffix="bin"))


@pytest.mark.parametrize("name", ["model.safetensors", "model.ckpt"])
def test_a_single_file_is_refused_with_the_way_to_convert(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(WeightsError, match=r"single file: .*from_single_file"):
        read_checkpoint(tmp_path / name)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="there is no folder"):
        read_checkpoint(tmp_path / "nowhere")
    with pytest.raises(WeightsError, match=r"cannot read .*model_index\.json"):
        read_checkpoint(tmp_path)
    folder = checkpoint(tmp_path / "model")
    (folder / "vae" / "config.json").unlink()
    with pytest.raises(WeightsError, match=r"lacks vae/config\.json: copy the whole checkpoint"):
        read_checkpoint(folder)
    (folder / "vae" / "config.json").write_text("{}")
    (folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(WeightsError, match="lacks the weights of unet"):
        read_checkpoint(folder)


@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder", "tokenizer"])
def test_a_whole_part_that_is_missing_is_named(tmp_path: Path, part: str) -> None:
    folder = checkpoint(tmp_path / "model")
    shutil.rmtree(folder / part)
    with pytest.raises(WeightsError, match=f"lacks {part}: copy the whole checkpoint"):
        read_checkpoint(folder)


@pytest.mark.parametrize("name", ["tokenizer_config.json", "vocab.json", "merges.txt"])
def test_a_tokenizer_without_its_words_is_refused_since_it_would_read_nothing(tmp_path: Path, name: str) -> None:
    folder = checkpoint(tmp_path / "model")
    (folder / "tokenizer" / name).unlink()
    with pytest.raises(WeightsError, match=f"lacks tokenizer/{name}"):
        read_checkpoint(folder)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is no whole safetensors file"),
        (bytes(range(250)), "is no whole safetensors file"),
        (struct.pack("<Q", 2) + b"[]", "is no whole safetensors file"),
        (struct.pack("<Q", 12) + b'{"w": [1.5]}', "is no whole safetensors file"),
        (struct.pack("<Q", 2**63) + b"{}", "is no whole safetensors file"),
        (weights(100)[:-7], r"has \d+ bytes and should have \d+"),
        (weights(100) + b"more", r"has \d+ bytes and should have \d+"),
    ],
)
def test_weights_that_are_not_whole_are_refused_before_anything_is_loaded(
    tmp_path: Path, content: bytes, says: str
) -> None:
    folder = checkpoint(tmp_path / "model")
    (folder / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(content)
    with pytest.raises(WeightsError, match=f"vae/diffusion_pytorch_model.safetensors {says}: copy the checkpoint"):
        read_checkpoint(folder)


def test_of_weights_in_several_files_all_must_be_there(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "model", suffix="fp16.safetensors")
    plain = folder / "unet" / "diffusion_pytorch_model.fp16.safetensors"
    first = folder / "unet" / "diffusion_pytorch_model-00001-of-00002.fp16.safetensors"
    plain.rename(first)
    with pytest.raises(WeightsError, match="unet has 1 of the 2 files"):
        read_checkpoint(folder)
    first.with_name(first.name.replace("00001", "00002", 1)).write_bytes(weights(3))
    assert read_checkpoint(folder).variant == "fp16"


@pytest.mark.parametrize(
    ("unet", "says"),
    [
        ({}, "sample_size in unet/config.json .* makes no sense"),
        ({"sample_size": -1}, "sample_size"),
        ({"sample_size": 10**9}, "sample_size"),
        ({"sample_size": [64, "a"]}, "sample_size"),
        ({"sample_size": 64, "in_channels": 9}, "inpainting"),
        ({"sample_size": 64, "out_channels": 8}, "unet of the checkpoint has 8 channels"),
    ],
)
def test_sizes_are_checked_before_they_are_allocated(tmp_path: Path, unet: Any, says: str) -> None:
    with pytest.raises(WeightsError, match=says):
        read_checkpoint(checkpoint(tmp_path / "model", unet=unet))


@pytest.mark.parametrize("factor", ["x", 0, True, [1]])
def test_a_scale_of_latents_that_makes_no_sense_is_refused(tmp_path: Path, factor: Any) -> None:
    folder = checkpoint(tmp_path / "model")
    (folder / "vae" / "config.json").write_text(json.dumps({"scaling_factor": factor}))
    with pytest.raises(WeightsError, match=r"scaling_factor in vae/config\.json"):
        read_checkpoint(folder)


def test_a_folder_of_no_model_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"holds no model: neither model_index\.json"):
        EngineChoice(model=tmp_path).check()


def test_a_folder_that_may_not_be_read_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = checkpoint(tmp_path / "model")
    monkeypatch.setattr("os.access", lambda path, mode: Path(path) != folder)  # whoever runs this may be root
    with pytest.raises(WeightsError, match="may not be read: look at its permissions"):
        EngineChoice(model=folder).check()


@pytest.mark.parametrize(
    ("scheduler", "says"),
    [
        ({**SCHEDULER, "prediction_type": "flow_prediction"}, "predicts flow_prediction"),
        ({**SCHEDULER, "beta_schedule": "squaredcos_cap_v2"}, "schedule is squaredcos_cap_v2"),
        ({**SCHEDULER, "timestep_spacing": "odd"}, "spaces its times by odd"),
        ({**SCHEDULER, "num_train_timesteps": 10**9}, "num_train_timesteps"),
        ({**SCHEDULER, "beta_end": 3}, "beta_end"),
        ({**SCHEDULER, "trained_betas": [0.1, 2.0]}, "makes no sense"),
        ({**SCHEDULER, "trained_betas": ["a"]}, "makes no sense"),
    ],
)
def test_a_schedule_that_is_not_known_is_refused(tmp_path: Path, scheduler: Any, says: str) -> None:
    with pytest.raises(WeightsError, match=says):
        CheckpointSchedule(read_checkpoint(checkpoint(tmp_path / "model", INDEX, scheduler)).scheduler)


@pytest.mark.parametrize("spacing", ["leading", "trailing", "linspace"])
@pytest.mark.parametrize("sampler", ["ddim", "euler", "dpmpp2m"])
@pytest.mark.parametrize("steps", [1, 4, 20, 999])
def test_every_grid_falls_from_noise_to_clean(spacing: str, sampler: str, steps: int) -> None:
    schedule = CheckpointSchedule({**SCHEDULER, "timestep_spacing": spacing, "set_alpha_to_one": sampler != "ddim"})
    grid = schedule.grid(steps, sampler)
    sigmas = np.array([level.sigma for level in grid])
    assert len(grid) == steps + 1 and (np.diff(sigmas) <= 0).all()
    assert np.allclose([level.alpha**2 + level.sigma**2 for level in grid], 1)
    assert grid[-1].sigma == (0 if sampler != "ddim" else pytest.approx(schedule.level(0).sigma))


def test_a_schedule_that_ends_in_pure_noise_stays_finite() -> None:
    grid = CheckpointSchedule({**SCHEDULER, "rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}).grid(
        4, "ddim"
    )
    assert 0 < grid[0].alpha < 0.001
