"""Write trained weights as float16 safetensors: `python -m tdiff.train.export --state-dir DIR`."""

import argparse
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save
from torch import Tensor

from tdiff.files import write_atomic
from tdiff.paths import assets_dir

NAME = "sprite-32"


def main() -> None:
    """Export the pair, the denoiser's running average, and the checker."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=assets_dir() / "models")
    options = parser.parse_args()
    pair = torch.load(options.state_dir / "clip" / "final.pt", weights_only=True, map_location="cpu")["model"]
    state = torch.load(options.state_dir / "denoiser" / "checkpoint.pt", weights_only=True, map_location="cpu")
    parts = {
        "text": _under(pair, "text."),
        "image": _under(pair, "image."),
        "denoiser": {name: _float16(value) for name, value in state["ema"].items()},
    }
    checker = options.state_dir / "checker" / "checkpoint.pt"
    if checker.exists():
        found = torch.load(checker, weights_only=True, map_location="cpu")["model"]
        parts["checker"] = {name: _float16(value) for name, value in found.items()}
    export(parts, options.out, state["step"], state["pictures"])


def export(parts: Mapping[str, Mapping[str, np.ndarray]], out: Path, step: int, pictures: int) -> None:
    """Write each part's tensors and the manifest that vouches for them."""
    files = {}
    for part, tensors in parts.items():
        data = save(dict(tensors))
        write_atomic(out / f"{part}.safetensors", data, overwrite=True)
        files[part] = hashlib.sha256(data).hexdigest()
        print(f"{part}: {len(data) / 1e6:.1f} MB, {sum(t.size for t in tensors.values()) / 1e6:.2f} M numbers")
    manifest = {
        "name": NAME,
        "step": step,
        "pictures": pictures,
        "files": files,
        "shapes": {part: {name: list(t.shape) for name, t in tensors.items()} for part, tensors in parts.items()},
    }
    write_atomic(out / "manifest.json", (json.dumps(manifest) + "\n").encode(), overwrite=True)


def _under(state: Mapping[str, Tensor], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): _float16(value) for name, value in state.items() if name.startswith(prefix)}


def _float16(value: Tensor) -> np.ndarray:
    return np.ascontiguousarray(value.detach().cpu().numpy().astype(np.float16))


if __name__ == "__main__":
    main()
