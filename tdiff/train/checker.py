"""Train the checker, a small detector that judges pictures: `python -m tdiff.train.checker --state-dir DIR`.

It never sees the training scenes of the denoiser nor the text–image pair. Pictures are corrupted the way
generated ones are (soft, noisy, a little bent), and some are ruined beyond recognition and labelled empty.
"""

import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.random import Generator
from torch import Tensor, nn

from tdiff.train.control import Control, read_control
from tdiff.train.data import load_truth
from tdiff.train.towers import ConvResidual
from tdiff.world.concepts import STYLES, concepts
from tdiff.world.palette import COLOURS

FIRST_SCENE = 10_000_000
GRID = 8
"""Cells a side; each covers 4×4 pixels, and objects stand at least 12 pixels apart."""

PARTS = {"centre": 1, "box": 3, "colour": len(COLOURS), "style": len(STYLES), "concept": len(concepts())}
"""Channels of each prediction, in the order of the head."""


class Checker(nn.Module):
    """(B, 3, 32, 32) in [-1, 1] → (B, 8, 8, sum of PARTS)."""

    def __init__(self, widths: tuple[int, int] = (48, 112)) -> None:
        super().__init__()
        a, b = widths
        self.stem = nn.Conv2d(12, a, 3, padding=1)
        self.fine = nn.ModuleList([ConvResidual(a) for _ in range(2)])
        self.down = nn.Conv2d(a, b, 3, stride=2, padding=1)
        self.coarse = nn.ModuleList([ConvResidual(b) for _ in range(3)])
        self.norm = nn.GroupNorm(8, b)
        self.head = nn.Linear(b, sum(PARTS.values()))

    def forward(self, x: Tensor) -> Tensor:
        """Predict for each cell whether an object's centre is in it, and which object."""
        h = self.stem(F.pixel_unshuffle(x, 2))
        for block in self.fine:
            h = block(h)
        h = self.down(h)
        for block in self.coarse:
            h = block(h)
        return self.head(F.silu(self.norm(h)).permute(0, 2, 3, 1))


def main() -> None:
    """Train from the newest checkpoint to `--steps`, then export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--scenes", type=int, default=120_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    folder = options.state_dir / "checker"
    folder.mkdir(parents=True, exist_ok=True)
    images, labels = load_truth(folder, FIRST_SCENE, options.scenes)
    torch.manual_seed(options.seed)
    model = Checker().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(model.parameters(), lr=options.lr, weight_decay=0.02, betas=(0.9, 0.98))
    checkpoint, first = folder / "checkpoint.pt", 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        first = state["step"]
    control, began = Control(), time.time()
    for step in range(first, options.steps):
        if step % 20 == 0:
            control = read_control(folder, control)
            torch.set_num_threads(control.threads)
        for group in optimiser.param_groups:
            rise, fall = min(1.0, (step + 1) / 100), 0.5 * (1 + math.cos(math.pi * step / options.steps))
            group["lr"] = options.lr * rise * (0.02 + 0.98 * fall)
        rng = np.random.default_rng((options.seed, step))
        rows = np.sort(rng.integers(len(images), size=options.batch))
        pictures = torch.from_numpy(images[rows]).permute(0, 3, 1, 2).float() / 127.5 - 1
        pictures, empty = corrupt(pictures, rng)
        losses = loss(model(pictures.contiguous(memory_format=torch.channels_last)), labels[rows], empty)
        optimiser.zero_grad(set_to_none=True)
        sum(losses.values()).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if (step + 1) % 100 == 0:
            shown = "  ".join(f"{name} {value.item():.3f}" for name, value in losses.items())
            rate = (step + 1 - first) * options.batch / (time.time() - began)
            print(f"step {step + 1}  {shown}  pictures/s {rate:.0f}", flush=True)
        if (step + 1) % 250 == 0 or step + 1 == options.steps or control.stop:
            torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step + 1}, checkpoint)
        if control.stop:
            break


def corrupt(pictures: Tensor, rng: Generator) -> tuple[Tensor, Tensor]:
    """Make real scenes look generated, and one in twelve unrecognisable.

    Args:
        pictures: (B, 3, 32, 32) in [-1, 1].
        rng: decides what happens to each.

    Returns:
        The pictures, and which of them are to be called empty (B,).
    """
    count = len(pictures)
    strength = torch.from_numpy(rng.random(count).astype(np.float32) ** 2)[:, None, None, None]
    ruined = torch.from_numpy(rng.random(count) < 1 / 12)
    pictures = _bend(pictures, 1.6 * strength, rng)
    soft = F.avg_pool2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, 1)
    blend = 0.6 * torch.from_numpy(rng.random(count).astype(np.float32))[:, None, None, None] * strength
    pictures = pictures + blend * (soft - pictures)
    tone = torch.from_numpy(rng.normal(0, 0.04, (count, 3, 1, 1)).astype(np.float32))
    noise = torch.from_numpy(rng.standard_normal(pictures.shape, np.float32))
    pictures = pictures + tone + 0.12 * strength * noise
    mush = _bend(F.interpolate(F.avg_pool2d(pictures, 8), scale_factor=8, mode="bilinear"), 4.0, rng) + 0.3 * noise
    pictures = torch.where(ruined[:, None, None, None], mush, pictures)
    return pictures.clamp(-1, 1), ruined


def _bend(pictures: Tensor, pixels: Tensor | float, rng: Generator) -> Tensor:
    """Move pixels along a smooth random field of about this size."""
    coarse = torch.from_numpy(rng.normal(0, 1, (len(pictures), 2, 6, 6)).astype(np.float32))
    field = F.interpolate(coarse, size=(32, 32), mode="bicubic") * pixels / 32
    axis = (torch.arange(32) + 0.5) / 16 - 1
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1) + field.permute(0, 2, 3, 1)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def loss(predicted: Tensor, labels: np.ndarray, empty: Tensor) -> dict[str, Tensor]:
    """Detection loss on all cells, the other losses on cells with an object's centre.

    Args:
        predicted: (B, 8, 8, channels).
        labels: (B, 4, …) records of `data.TRUTH`, at most four objects a picture.
        empty: (B,) pictures to be called empty.
    """
    parts = dict(zip(PARTS, predicted.split(list(PARTS.values()), -1), strict=True))
    present = (labels["present"] > 0) & ~empty.numpy()[:, None]
    picture, which = np.nonzero(present)
    chosen = labels[picture, which]
    column = np.clip(chosen["cx"] / 4, 0, 7.999).astype(int)
    row = np.clip(chosen["cy"] / 4, 0, 7.999).astype(int)
    target = torch.zeros(predicted.shape[:3])
    target[picture, row, column] = 1.0
    near = F.max_pool2d(target[:, None], 3, 1, 1)[:, 0]
    weight = torch.where(target > 0, 4.0, torch.where(near > 0, 0.5, 1.0))
    centre = F.binary_cross_entropy_with_logits(parts["centre"][..., 0], target, weight, reduction="sum")
    at = {name: value[picture, row, column] for name, value in parts.items()}
    offset = np.stack([chosen["cx"] / 4 - column - 0.5, chosen["cy"] / 4 - row - 0.5, chosen["side"] / 16 - 1], -1)
    colours = torch.from_numpy(chosen["colours"].astype(np.float32))
    return {
        "centre": centre / max(len(picture), 1),
        "box": F.smooth_l1_loss(at["box"], torch.from_numpy(offset.astype(np.float32))),
        "colour": F.cross_entropy(at["colour"], colours),
        "style": 0.5 * F.cross_entropy(at["style"], torch.from_numpy(chosen["style"].astype(np.int64))),
        "concept": F.cross_entropy(at["concept"], torch.from_numpy(chosen["concept"].astype(np.int64))),
    }


if __name__ == "__main__":
    main()
