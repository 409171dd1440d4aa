"""Write trained weights as float16 safetensors: `python -m tdiff.train.export --state-dir DIR`."""

import argparse
import hashlib
import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save
from torch import Tensor

from tdiff.files import write_atomic
from tdiff.manifest import read_manifest
from tdiff.paths import assets_dir
from tdiff.prompt.vocabulary import tokens
from tdiff.torch_model.towers import ImageTower, TextTower
from tdiff.torch_model.unet import unet_of
from tdiff.train.parts import PARTS, newest, progress
from tdiff.train.samples import prompt_ids

NAME = "sprite-32"
_PROMPTS = (
    "a blue frog on a yellow background in any style",
    "",
    "two small red houses to the left of a cat in 3d style",
)
_TIMES = (0.02, 0.5, 0.98)


def main() -> None:
    """Export the pair, the denoiser's running average, and the checker."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=assets_dir() / "models")
    options = parser.parse_args()
    parts = {part: {name: _float16(value) for name, value in newest(part, options.state_dir).items()} for part in PARTS}
    export(parts, options.out, *progress(options.state_dir))
    write_reference(parts, options.out)


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


@torch.no_grad()
def write_reference(parts: Mapping[str, Mapping[str, np.ndarray]], out: Path) -> None:
    """Write what the PyTorch modules answer with these weights, for tests where PyTorch is not installed."""
    text, image = TextTower(len(tokens())).eval(), ImageTower().eval()
    tensors = {
        part: {name: torch.from_numpy(value).float() for name, value in arrays.items()}
        for part, arrays in parts.items()
    }
    unet = unet_of(tensors["denoiser"])
    text.load_state_dict(tensors["text"])
    image.load_state_dict(tensors["image"])
    ids = prompt_ids(list(_PROMPTS))
    states, _ = text.states(ids)
    answers = [
        unet(_noise(seed), torch.full((len(_PROMPTS),), t), ids, states).permute(0, 2, 3, 1).numpy()
        for seed, t in enumerate(_TIMES)
    ]
    buffer = BytesIO()
    np.savez_compressed(
        buffer,
        model=np.array(read_manifest(out).hash),
        times=np.array(_TIMES),
        v=np.stack(answers),
        said=text(ids).numpy(),
        seen=image(torch.tanh(_noise(0))).numpy(),
    )
    write_atomic(out.parent / "reference" / "networks.npz", buffer.getvalue(), overwrite=True)


def _noise(seed: int) -> Tensor:
    drawn = np.random.default_rng(seed).standard_normal((len(_PROMPTS), 32, 32, 3)).astype(np.float32)
    return torch.from_numpy(drawn).permute(0, 3, 1, 2)


def _float16(value: Tensor) -> np.ndarray:
    return np.ascontiguousarray(value.detach().cpu().numpy().astype(np.float16))


if __name__ == "__main__":
    main()
