"""The newest weights of each network: from its own checkpoint where training kept one, or the ones that ship."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from tdiff.errors import WeightsError
from tdiff.manifest import read_manifest
from tdiff.paths import assets_dir
from tdiff.prompt.vocabulary import tokens
from tdiff.torch_model.towers import TextTower
from tdiff.torch_model.unet import UNet, unet_of
from tdiff.train import checkpoint

_KEPT = {
    "text": ("clip/final.pt", "model", "text."),
    "image": ("clip/final.pt", "model", "image."),
    "checker": ("checker/checkpoint.pt", "model", ""),
}
"""Part → its checkpoint in the state folder, the entry in that, and what the names of its tensors begin with."""

PARTS = ("text", "image", "denoiser", "checker")


def newest(part: str, state_dir: Path | None) -> dict[str, Tensor]:
    """Return the float32 tensors of a part, one of `PARTS`; those that ship where there is no state folder."""
    if part == "denoiser":
        return _denoiser(state_dir)
    path, entry, prefix = _KEPT[part]
    if state_dir is None or not (state_dir / path).exists():
        return shipped(assets_dir() / "models" / f"{part}.safetensors")
    state = torch.load(state_dir / path, weights_only=True, map_location="cpu")[entry]
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}


def context_weights(state_dir: Path | None) -> dict[str, Tensor]:
    """Return what the newest denoiser reads prompts with, by the names that its `Context` has for them."""
    prefix = "context."
    return {n.removeprefix(prefix): value for n, value in _denoiser(state_dir).items() if n.startswith(prefix)}


def _denoiser(state_dir: Path | None) -> dict[str, Tensor]:
    folder = None if state_dir is None else state_dir / "denoiser"
    if folder is None or not checkpoint.exists(folder):
        return shipped(assets_dir() / "models" / "denoiser.safetensors")
    return averaged(folder)


def averaged(folder: Path) -> dict[str, Tensor]:
    """Return the running average in the checkpoint of a denoiser's training.

    Raises:
        CheckpointError: there is none in the folder, or it cannot be read.
    """
    tensors: dict[str, Tensor] = checkpoint.load(folder)["ema"]
    return tensors


def denoiser_in(path: Path) -> dict[str, Tensor]:
    """Return the denoiser of an exported file, or the running average in a training's folder.

    Raises:
        WeightsError: it is neither.
    """
    try:
        return averaged(path) if path.is_dir() else shipped(path)
    except (OSError, KeyError, SafetensorError, checkpoint.CheckpointError) as error:
        said = str(error).strip().splitlines()[0]
        raise WeightsError(
            f"{path} holds no denoiser ({said})",
            remedy="give the folder of a training or an exported denoiser.safetensors",
        ) from error


def frozen_text(state_dir: Path) -> TextTower:
    """Return the text tower that conditions the denoiser."""
    text = TextTower(len(tokens()))
    text.load_state_dict(newest("text", state_dir))
    return text.eval().requires_grad_(False)


def shipped_unet() -> UNet:
    """Return the denoiser that ships."""
    return unet_of(shipped(assets_dir() / "models" / "denoiser.safetensors"))


def shipped(path: Path) -> dict[str, Tensor]:
    """Return the tensors of an exported file, as float32."""
    return {name: value.float() for name, value in load_file(path).items()}


def progress(state_dir: Path | None) -> tuple[int, int]:
    """Return step and pictures seen of the denoiser that `newest` gives."""
    folder = None if state_dir is None else state_dir / "denoiser"
    if folder is None or not checkpoint.exists(folder):
        manifest = read_manifest(assets_dir() / "models")
        return manifest.step, manifest.pictures
    state = checkpoint.load(folder)
    return state["step"], state["pictures"]
