"""Train the CLIP-style pair: `python -m tdiff.train.clip --state-dir DIR`.

With `--above` the text states stay as they are, since the denoiser stands on them, and what is learned lies above: a
`Context` that begins as the denoiser's, the last map, and the image tower. Then the order of words is asked of captions
alone first, with `whereabouts` as the denoiser's was: minutes, where pictures need hours to teach it.
"""

import argparse
import math
import time
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.random import Generator
from torch import Tensor, nn

from tdiff.arrays import F64, I64
from tdiff.evaluate.false_captions import falsify
from tdiff.prompt.vocabulary import tokens
from tdiff.torch_model.context import TEXT, masked_mean
from tdiff.torch_model.towers import ClipPair, TextTower
from tdiff.train.control import Control, read_control
from tdiff.train.data import KINDS, SceneArrays, load_scenes, offered_rows
from tdiff.train.least_squares import LeastSquares
from tdiff.train.parts import context_weights, newest
from tdiff.train.whereabouts import NUMBERS, whereabouts_loss
from tdiff.world.dataset import TRAIN_SIZE

_STYLE: Final = 0.4  # of falsified captions: the attribute that the pair is slowest to learn
_ORDER: Final = 0.5  # of those that name a relation
_SCALE: Final = 30.0  # where the temperature starts again, since no export holds it
_PAIRS: Final = 0.55  # of the scenes drawn
_CAPTIONS_ALONE: Final = 200  # steps
_WHEREABOUTS: Final = 1.0  # weight beside the contrast
_FITTED: Final = 60  # batches


class Batch(NamedTuple):
    """What a step sees.

    Attributes:
        images: (B, 3, 32, 32) in [-1, 1].
        ids: (B, 16) captions, half of which leave nothing out.
        wrong: (B, 16) the same made false.
        is_wrong: (B,) whether that could be done.
        things: (B, 2, 2), see `likeness.shown_things`.
        boxes: (B, 2, 4), see `whereabouts.boxes`.
    """

    images: Tensor
    ids: Tensor
    wrong: Tensor
    is_wrong: Tensor
    things: Tensor
    boxes: Tensor


class Learner(nn.Module):
    """The pair, and the map from a token's state to where its thing stands, which does not ship."""

    def __init__(self, pair: ClipPair) -> None:
        super().__init__()
        self.pair = pair
        self.whereabouts = nn.Linear(TEXT, NUMBERS)


def main() -> None:
    """Parse arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
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
    """Train from the newest checkpoint, or from nothing, to `options.steps`; then `final.pt` is what is exported."""
    folder = options.state_dir / "clip"
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / "checkpoint.pt"
    data = load_scenes(options.state_dir / "data", 0, options.scenes, options.workers)
    chances = row_chances(data)
    torch.manual_seed(options.seed)
    learner = Learner(ClipPair(len(tokens())).to(memory_format=torch.channels_last))
    if options.above:
        start_above(learner.pair, options.state_dir)
    learning = [value for value in learner.parameters() if value.requires_grad]
    optimiser = torch.optim.AdamW(learning, lr=options.lr, weight_decay=0.05, betas=(0.9, 0.98))
    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        learner.load_state_dict(state["learner"])
        optimiser.load_state_dict(state["optimiser"])
        first = state["step"]
    elif options.above:
        learn_order(learner, data, chances, options)
        if not _reads_above(options.state_dir):
            fit_projection(learner.pair.text, data, chances, options)
    control = Control()
    started, running, step = time.time(), math.nan, first
    while step < options.steps and not control.stop:
        if step % 20 == 0:
            control = read_control(folder, control)
            torch.set_num_threads(control.threads)
        for group in optimiser.param_groups:
            group["lr"] = options.lr * schedule(step, options.steps)
        drawn = batch(data, chances, np.random.default_rng((options.seed, step)), options.batch)
        loss = pair_loss(learner, drawn, options.bf16)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
        optimiser.step()
        step += 1
        running = loss.item() if math.isnan(running) else 0.98 * running + 0.02 * loss.item()
        if step % 100 == 0:
            rate = (step - first) * options.batch / (time.time() - started)
            scale = learner.pair.scale().item()
            print(f"step {step}  loss {running:.3f}  pairs/s {rate:.0f}  scale {scale:.1f}", flush=True)
        if step % 500 == 0 or step == options.steps or control.stop:
            state = {"learner": learner.state_dict(), "optimiser": optimiser.state_dict(), "step": step}
            _save(state, checkpoint)
    if step == options.steps:
        _save({"model": learner.pair.state_dict()}, folder / "final.pt")


def start_above(pair: ClipPair, state_dir: Path | None) -> None:
    """Begin from the newest weights; the text states freeze, and what lies above them begins as the denoiser's."""
    above = {f"above.{name}": value for name, value in context_weights(state_dir).items()}
    pair.text.load_state_dict(above | newest("text", state_dir))
    pair.image.load_state_dict(newest("image", state_dir))
    pair.text.requires_grad_(False)
    for part in (pair.text.above, pair.text.project):
        part.requires_grad_(True)
    pair.log_scale.data.fill_(math.log(_SCALE))


def learn_order(learner: Learner, data: SceneArrays, chances: F64, options: argparse.Namespace) -> None:
    """Teach what lies above the states where things stand, from captions alone."""
    above = learner.pair.text.above
    optimiser = torch.optim.AdamW([*above.parameters(), *learner.whereabouts.parameters()], lr=1e-3, betas=(0.9, 0.98))
    for step in range(_CAPTIONS_ALONE):
        for group in optimiser.param_groups:
            group["lr"] = 1e-3 * min(1.0, (step + 1) / 20, 0.02 + 2 * (1 - step / _CAPTIONS_ALONE))
        rows, drawn = captions(data, chances, np.random.default_rng((options.seed, 1_000_000 + step)), options.batch)
        ids = torch.from_numpy(drawn)
        read, _ = above(ids, learner.pair.text.states(ids)[0])
        loss = whereabouts_loss(learner.whereabouts(read), ids, *placed(data, rows))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
    print(f"captions alone: squared error of whereabouts {loss.item():.4f}", flush=True)


def schedule(step: int, steps: int) -> float:
    """Warm up over 200 steps, then a half cosine down to 2 %."""
    return min(1.0, (step + 1) / 200) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))


@torch.no_grad()
def fit_projection(text: TextTower, data: SceneArrays, chances: F64, options: argparse.Namespace) -> None:
    """Let the last map say of what lies above what it said of the states' mean: least squares, with a little ridge."""
    squares = LeastSquares(TEXT, TEXT)
    for step in range(_FITTED):
        _, drawn = captions(data, chances, np.random.default_rng((options.seed, 2_000_000 + step)), options.batch)
        ids = torch.from_numpy(drawn)
        states, mask = text.states(ids)
        squares.add(masked_mean(text.above(ids, states)[0], mask), text.vector(states, mask))
    text.project.weight.copy_(squares.solved().T)


def _reads_above(state_dir: Path | None) -> bool:
    """Whether the newest pair reads its vectors above the states, or, as the first ones did, from their mean."""
    return any(name.startswith("above.") for name in newest("text", state_dir))


def row_chances(data: SceneArrays) -> F64:
    """Cumulated chance of each scene, (n,): more than half are pairs, and nouns that are not offered never come."""
    kept, pair = offered_rows(data), data.kinds == KINDS.index("pair")
    each = np.zeros(len(kept))
    for of_kind, share in ((kept & pair, _PAIRS), (kept & ~pair, 1 - _PAIRS)):
        each[of_kind] = share / max(of_kind.sum(), 1)
    return np.asarray(np.cumsum(each) / each.sum())


def captions(data: SceneArrays, chances: F64, rng: Generator, size: int) -> tuple[I64, I64]:
    """Draw scenes, which rarely repeat, and one caption of each: rows (B,), ids (B, 16)."""
    rows = np.sort(np.searchsorted(chances, rng.random(size), side="right"))
    return rows, np.where(rng.random((size, 1)) < 0.5, data.ids[rows], data.full[rows]).astype(np.int64)


def placed(data: SceneArrays, rows: I64) -> tuple[Tensor, Tensor]:
    """Things and boxes of scenes; see `Batch`."""
    return torch.from_numpy(data.things[rows].astype(np.int64)), torch.from_numpy(data.boxes[rows])


def batch(data: SceneArrays, chances: F64, rng: Generator, size: int) -> Batch:
    """Draw scenes, each with its picture, a caption and the same made false."""
    rows, ids = captions(data, chances, rng, size)
    false = [falsify(row, rng, _STYLE, _ORDER) for row in ids]
    return Batch(
        to_tensor(data.images[rows]),
        torch.from_numpy(ids),
        torch.from_numpy(np.stack([each.ids for each in false])),
        torch.tensor([each.kind != "" for each in false]),
        *placed(data, rows),
    )


def to_tensor(images: np.ndarray) -> Tensor:
    """(B, 32, 32, 3) uint8 → (B, 3, 32, 32) float32 in [-1, 1], channels last in memory."""
    return torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float() / 127.5 - 1


def pair_loss(learner: Learner, drawn: Batch, bf16: bool = False) -> Tensor:
    """The contrast, and where things stand as read above the states of the true captions."""
    pair, size = learner.pair, len(drawn.ids)
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        seen = pair.image(drawn.images).float()
        ids = torch.cat([drawn.ids, drawn.wrong])
        read, mask = pair.text.above(ids, pair.text.states(ids)[0])
        said = pair.text.vector(read, mask).float()
    contrast = contrastive_loss(pair.scale(), seen, said[:size], said[size:], drawn)
    told = learner.whereabouts(read[:size].float())
    return contrast + _WHEREABOUTS * whereabouts_loss(told, drawn.ids, drawn.things, drawn.boxes)


def contrastive_loss(scale: Tensor, seen: Tensor, said: Tensor, wrong: Tensor, drawn: Batch) -> Tensor:
    """Symmetric InfoNCE; each picture also faces its own falsified caption, each equal caption is masked.

    Similarities are float32 in any case: bfloat16 has no eye for the differences that a caption's order makes.

    Args:
        scale: multiplies cosine similarities.
        seen: (B, 128) vectors of the pictures.
        said: (B, 128) vectors of their captions.
        wrong: (B, 128) vectors of the falsified ones.
        drawn: the batch.
    """
    size = len(drawn.ids)
    logits = scale * seen @ said.T  # (B, B)
    same = (drawn.ids[:, None] == drawn.ids[None]).all(-1) & ~torch.eye(size, dtype=torch.bool)
    logits = logits.masked_fill(same, -1e4)
    hard = scale * (seen * wrong).sum(-1, keepdim=True)  # (B, 1)
    hard = hard.masked_fill(~drawn.is_wrong[:, None], -1e4)
    target = torch.arange(size)
    by_image = F.cross_entropy(torch.cat([logits, hard], 1), target)
    return (by_image + F.cross_entropy(logits.T, target)) / 2


def _save(state: dict[str, object], path: Path) -> None:
    torch.save(state, path.with_suffix(".tmp"))
    path.with_suffix(".tmp").replace(path)


if __name__ == "__main__":
    main()
