"""The newest weights of each network: from its own checkpoint where training kept one, or the ones that ship."""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from tdiff.paths import assets_dir
from tdiff.weights import read_manifest

_KEPT = {
    "text": ("clip/final.pt", "model", "text."),
    "image": ("clip/final.pt", "model", "image."),
    "denoiser": ("denoiser/checkpoint.pt", "ema", ""),
    "checker": ("checker/checkpoint.pt", "model", ""),
}
"""Part → its checkpoint in the state folder, the entry in that, and what the names of its tensors begin with."""

PARTS = tuple(_KEPT)


def newest(part: str, state_dir: Path) -> dict[str, Tensor]:
    """Return the float32 tensors of a part, one of `PARTS`."""
    path, entry, prefix = _KEPT[part]
    if not (state_dir / path).exists():
        return shipped(assets_dir() / "models" / f"{part}.safetensors")
    state = torch.load(state_dir / path, weights_only=True, map_location="cpu")[entry]
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}


def shipped(path: Path) -> dict[str, Tensor]:
    """Return the tensors of an exported file, as float32."""
    return {name: value.float() for name, value in load_file(path).items()}


def progress(state_dir: Path) -> tuple[int, int]:
    """Return step and pictures seen of the denoiser that `newest` gives."""
    path = state_dir / "denoiser" / "checkpoint.pt"
    if not path.exists():
        manifest = read_manifest(assets_dir() / "models")
        return manifest.step, manifest.pictures
    state = torch.load(path, weights_only=True, map_location="cpu", mmap=True)
    return state["step"], state["pictures"]
