"""Add snapshots to the recording that lesson 2 replays: `python -m tdiff.train.record --state-dir DIR --steps 12000`.

One of the weights that ship is always added, or anew where they have been recorded before.
"""

import argparse
import io
from pathlib import Path

import numpy as np
import torch

from tdiff.files import write_atomic
from tdiff.lessons.training.recorded import NAME, Recording, training_recording
from tdiff.manifest import read_manifest
from tdiff.paths import assets_dir
from tdiff.prompt.vocabulary import tokens
from tdiff.torch_model.towers import TextTower
from tdiff.torch_model.unet import unet_of
from tdiff.train.parts import shipped
from tdiff.train.samples import WATCHED, watched_pictures


def main() -> None:
    """Parse arguments and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--steps", type=int, nargs="*", default=[], help="watched snapshots of the state folder")
    parser.add_argument("--batch", type=int, default=128, help="pictures a step")
    options = parser.parse_args()
    models = assets_dir() / "models"
    manifest = read_manifest(models)
    folder = options.state_dir / "denoiser" / "watched"
    added = {step: (step * options.batch, np.load(folder / f"{step:07}.npy")) for step in options.steps}
    text, unet = TextTower(len(tokens())).eval(), unet_of(shipped(models / "denoiser.safetensors"))
    text.load_state_dict(shipped(models / "text.safetensors"))
    last = watched_pictures(unet, text, torch.device("cpu"))
    write(training_recording(), added | {manifest.step: (manifest.pictures, last)})


def write(before: Recording, added: dict[int, tuple[int, np.ndarray]]) -> None:
    """Write a recording with more snapshots: step → pictures seen, and pictures (n, 32, 32, 3) uint8."""
    if before.prompts != WATCHED:
        raise ValueError("the recording is of other prompts than those that are watched now")
    every = {
        step: (seen, pictures)
        for step, seen, pictures in zip(before.steps, before.pictures_seen, before.pictures, strict=True)
    } | added
    steps = sorted(every)
    file = io.BytesIO()
    np.savez_compressed(
        file,
        steps=np.array(steps),
        pictures_seen=np.array([every[step][0] for step in steps]),
        prompts=np.array(before.prompts),
        pictures=np.stack([every[step][1] for step in steps]),
    )
    write_atomic(assets_dir() / NAME, file.getvalue(), overwrite=True)


if __name__ == "__main__":
    main()
