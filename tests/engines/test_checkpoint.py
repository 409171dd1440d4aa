"""Folders that are no checkpoint, or not one that is supported: one sentence each, before anything is loaded."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tdiff.engines.checkpoint import read_checkpoint
from tdiff.engines.checkpoint_schedule import CheckpointSchedule
from tdiff.errors import WeightsError

INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
    "text_encoder": ["transformers", "CLIPTextModel"],
}
SCHEDULER = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "steps_offset": 1}


def checkpoint(folder: Path, index: Any = INDEX, scheduler: Any = SCHEDULER, suffix: str = "safetensors") -> Path:
    """The outside of a checkpoint."""
    for part in ("unet", "vae", "text_encoder", "tokenizer", "scheduler"):
        (folder / part).mkdir(parents=True)
    for part in ("unet", "vae", "text_encoder"):
        (folder / part / "config.json").write_text("{}")
        (folder / part / f"diffusion_pytorch_model.{suffix}").write_bytes(b"")
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
    with pytest.raises(WeightsError, match="lacks vae: copy the whole checkpoint"):
        read_checkpoint(folder)
    (folder / "vae" / "config.json").write_text("{}")
    (folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(WeightsError, match="lacks unet"):
        read_checkpoint(folder)


@pytest.mark.parametrize(
    ("scheduler", "says"),
    [
        ({**SCHEDULER, "prediction_type": "flow_prediction"}, "predicts flow_prediction"),
        ({**SCHEDULER, "beta_schedule": "squaredcos_cap_v2"}, "schedule is squaredcos_cap_v2"),
        ({**SCHEDULER, "timestep_spacing": "odd"}, "spaces its times by odd"),
        ({**SCHEDULER, "num_train_timesteps": 10**9}, "num_train_timesteps"),
        ({**SCHEDULER, "beta_end": 3}, "beta_end"),
        ({**SCHEDULER, "trained_betas": [0.1, 2.0]}, "makes no sense"),
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
