"""Train the CLIP-style pair: `python -m tdiff.train.clip --state-dir DIR`."""

import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.random import Generator
from torch import Tensor

from tdiff.arrays import I64
from tdiff.prompt.vocabulary import tokens
from tdiff.torch_model.towers import ClipPair
from tdiff.train.clip_score import full_ids, report
from tdiff.train.control import Control, read_control
from tdiff.train.data import SceneArrays, load_scenes, offered_rows
from tdiff.train.hard_negatives import falsify
from tdiff.train.parts import newest
from tdiff.world.dataset import TRAIN_SIZE

_REPORTED = 4000  # unseen scenes that the pair is measured on
_STYLE = 0.4  # of falsified captions: the attribute that the pair is slowest to learn
_ORDER = 0.5  # of those that name a relation
_SCALE = 30.0  # where the temperature starts again, since no export holds it


def main() -> None:
    """Parse arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True, help="checkpoints and rendered scenes")
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--batch", type=int, default=192)
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument(
        "--above", action="store_true", help="start from the newest weights and leave the text states as they are"
    )
    parser.add_argument("--scenes", type=int, default=TRAIN_SIZE)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bf16", action="store_true", help="matrix products in bfloat16, where the processor has it")
    arguments = parser.parse_args()
    train(arguments)


def train(options: argparse.Namespace) -> None:
    """Train from the newest checkpoint, or from nothing, to `options.steps`."""
    folder = options.state_dir / "clip"
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / "checkpoint.pt"
    data = load_scenes(options.state_dir / "data", 0, options.scenes, options.workers)
    torch.manual_seed(options.seed)
    model = ClipPair(len(tokens())).to(memory_format=torch.channels_last)
    if options.above:
        model.text.load_state_dict(newest("text", options.state_dir))
        model.image.load_state_dict(newest("image", options.state_dir))
        model.text.requires_grad_(False).project.requires_grad_(True)  # the denoiser stands on the states
        model.log_scale.data.fill_(math.log(_SCALE))
    rows = np.flatnonzero(offered_rows(data))
    learning = [value for value in model.parameters() if value.requires_grad]
    optimiser = torch.optim.AdamW(learning, lr=options.lr, weight_decay=0.05, betas=(0.9, 0.98))
    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        first = state["step"]
    control = Control()
    started, running = time.time(), math.nan
    for step in range(first, options.steps):
        if step % 20 == 0:
            control = read_control(folder, control)
            torch.set_num_threads(control.threads)
        for group in optimiser.param_groups:
            group["lr"] = options.lr * schedule(step, options.steps)
        rng = np.random.default_rng((options.seed, step))
        loss = contrastive_loss(model, *batch(data, rows, rng, options.batch), bf16=options.bf16)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        running = loss.item() if math.isnan(running) else 0.98 * running + 0.02 * loss.item()
        if (step + 1) % 100 == 0:
            rate = (step + 1 - first) * options.batch / (time.time() - started)
            print(
                f"step {step + 1}  loss {running:.3f}  pairs/s {rate:.0f}  scale {model.scale().item():.1f}", flush=True
            )
        if (step + 1) % 500 == 0 or step + 1 == options.steps or control.stop:
            state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step + 1}
            torch.save(state, checkpoint.with_suffix(".tmp"))
            checkpoint.with_suffix(".tmp").replace(checkpoint)
        if control.stop:
            break
    unseen = load_scenes(options.state_dir / "data", TRAIN_SIZE, 8000, options.workers)
    kept = np.flatnonzero(offered_rows(unseen))[:_REPORTED]
    print("captions as they come", report(model, unseen.images[kept], unseen.ids[kept]))
    print(
        "captions that leave nothing out", report(model, unseen.images[kept], full_ids(TRAIN_SIZE + kept)), flush=True
    )


def schedule(step: int, steps: int) -> float:
    """Warm up over 200 steps, then a half cosine down to 2 %."""
    return min(1.0, (step + 1) / 200) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))


def batch(data: SceneArrays, allowed: I64, rng: Generator, size: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return images (B, 3, 32, 32), ids (B, 16), falsified ids (B, 16), and which of those are false (B,).

    Half of the captions leave nothing out.
    """
    rows = np.sort(rng.choice(allowed, size, replace=False))
    ids = np.where(rng.random((size, 1)) < 0.5, data.ids[rows], data.full[rows]).astype(np.int64)
    pairs = [falsify(row, rng, _STYLE, _ORDER) for row in ids]
    images = to_tensor(data.images[rows])
    wrong = torch.from_numpy(np.stack([each.ids for each in pairs]))
    return images, torch.from_numpy(ids), wrong, torch.tensor([each.kind != "" for each in pairs])


def to_tensor(images: np.ndarray) -> Tensor:
    """(B, 32, 32, 3) uint8 → (B, 3, 32, 32) float32 in [-1, 1], channels last in memory."""
    return torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float() / 127.5 - 1


def contrastive_loss(
    model: ClipPair, images: Tensor, ids: Tensor, wrong: Tensor, is_wrong: Tensor, bf16: bool = False
) -> Tensor:
    """Symmetric InfoNCE; each picture also faces its own falsified caption, each equal caption is masked.

    Similarities are float32 in any case: bfloat16 has no eye for the differences that a caption's order makes.
    """
    size = len(ids)
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        seen, said = model.image(images).float(), model.text(torch.cat([ids, wrong])).float()
    logits = model.scale() * seen @ said[:size].T  # (B, B)
    same = (ids[:, None] == ids[None]).all(-1) & ~torch.eye(size, dtype=torch.bool)
    logits = logits.masked_fill(same, -1e4)
    hard = model.scale() * (seen * said[size:]).sum(-1, keepdim=True)  # (B, 1)
    hard = hard.masked_fill(~is_wrong[:, None], -1e4)
    target = torch.arange(size)
    by_image = F.cross_entropy(torch.cat([logits, hard], 1), target)
    return (by_image + F.cross_entropy(logits.T, target)) / 2


if __name__ == "__main__":
    main()
