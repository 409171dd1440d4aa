"""Train the checker, a small detector that judges pictures: `python -m tdiff.train.checker --state-dir DIR`.

It never sees the training scenes of the denoiser nor the text–image pair. Pictures are corrupted the way
generated ones are (soft, noisy, a little bent), and some are ruined beyond recognition and labelled empty.
It names the drawing; concept and style follow from that.
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

from tdiff.evaluate.checker import PARTS
from tdiff.torch_model.towers import ConvResidual
from tdiff.train.checker_scenes import corrupt, load_truth, mush, ruin
from tdiff.train.control import Control, read_control
from tdiff.train.muon import Muon

FIRST_SCENE = 10_000_000
GRID = 8
"""Cells a side; each covers 4×4 pixels, and objects stand at least 12 pixels apart."""


class Checker(nn.Module):
    """(B, 3, 32, 32) in [-1, 1] → (B, 8, 8, sum of PARTS)."""

    def __init__(self, widths: tuple[int, int] = (64, 128)) -> None:
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
    """Train from the newest checkpoint to `--steps`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--lr", type=float, default=3e-3, help="of Muon; AdamW has the same")
    parser.add_argument("--scenes", type=int, default=150_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    folder = options.state_dir / "checker"
    folder.mkdir(parents=True, exist_ok=True)
    images, labels = load_truth(folder, FIRST_SCENE, options.scenes)
    torch.manual_seed(options.seed)
    model = Checker().to(memory_format=torch.channels_last)
    optimisers = _optimisers(model, options.lr)
    checkpoint, first = folder / "checkpoint.pt", 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        for optimiser, kept in zip(optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(kept)
        first = state["step"]
    control, began = Control(), time.time()
    for step in range(first, options.steps):
        if step % 20 == 0:
            control = read_control(folder, control)
            torch.set_num_threads(control.threads)
        rise, fall = min(1.0, (step + 1) / 200), 0.5 * (1 + math.cos(math.pi * step / options.steps))
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = options.lr * rise * (0.02 + 0.98 * fall)
        rng = np.random.default_rng((options.seed, step))
        rows = np.sort(rng.integers(len(images), size=options.batch))
        pictures = torch.from_numpy(images[rows]).permute(0, 3, 1, 2).float() / 127.5 - 1
        pictures, empty = _looking_generated(pictures, labels[rows], rng)
        losses = loss(model(pictures.contiguous(memory_format=torch.channels_last)), labels[rows], empty)
        model.zero_grad(set_to_none=True)
        sum(losses.values()).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        for optimiser in optimisers:
            optimiser.step()
        if (step + 1) % 100 == 0:
            shown = "  ".join(f"{name} {value.item():.3f}" for name, value in losses.items())
            rate = (step + 1 - first) * options.batch / (time.time() - began)
            print(f"step {step + 1}  {shown}  pictures/s {rate:.0f}", flush=True)
        if (step + 1) % 250 == 0 or step + 1 == options.steps or control.stop:
            kept = [optimiser.state_dict() for optimiser in optimisers]
            torch.save({"model": model.state_dict(), "optimisers": kept, "step": step + 1}, checkpoint)
        if control.stop:
            break


def _optimisers(model: Checker, lr: float) -> list[torch.optim.Optimizer]:
    """Muon for the hidden convolutions, AdamW for the rest."""
    hidden = [p for n, p in model.named_parameters() if p.ndim == 4 and not n.startswith("stem")]
    chosen = set(map(id, hidden))
    rest = [p for p in model.parameters() if id(p) not in chosen]
    return [Muon(hidden, lr=lr), torch.optim.AdamW(rest, lr=lr, weight_decay=0.02, betas=(0.9, 0.98))]


def _looking_generated(pictures: Tensor, labels: np.ndarray, rng: Generator) -> tuple[Tensor, Tensor]:
    """Corrupt every picture a little and ruin one in ten; the ruined are to be called empty (B,)."""
    pictures = corrupt(pictures, rng)
    fate = torch.from_numpy(rng.random(len(pictures), np.float32))
    sides = torch.from_numpy(labels["side"].max(-1).astype(np.float32))
    scrambled, stained = fate < 0.06, (fate >= 0.06) & (fate < 0.1)
    pictures = torch.where(scrambled[:, None, None, None], ruin(pictures, sides, rng), pictures)
    pictures = torch.where(stained[:, None, None, None], mush(pictures, rng), pictures)
    return pictures, scrambled | stained


def loss(predicted: Tensor, labels: np.ndarray, empty: Tensor) -> dict[str, Tensor]:
    """Detection loss on all cells, the other losses on cells with an object's centre.

    Args:
        predicted: (B, 8, 8, channels).
        labels: (B, 4, …) records of `checker_scenes.TRUTH`, at most four objects a picture.
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
        "sprite": F.cross_entropy(at["sprite"], torch.from_numpy(chosen["sprite"].astype(np.int64))),
    }


if __name__ == "__main__":
    main()
