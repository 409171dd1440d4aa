"""Teach the prompt's states where things stand, from captions alone: `python -m tdiff.train.places --state-dir DIR`.

Minutes on one core, where the same loss beside a U-Net that can do nothing yet with the answer teaches nothing in
hours. Only `Context` and the map of `whereabouts` learn; states are held near those that the U-Net knows. What comes
out, `places.pt` in the state folder, is where a warm start of the denoiser begins: the map does not ship, so weights
that have places need it too; their states stay as they are.
"""

import argparse
import copy
from pathlib import Path
from typing import Final

import numpy as np
import torch

from tdiff.torch_model.context import TEXT
from tdiff.torch_model.towers import TextTower
from tdiff.train.data import KINDS, load_scenes
from tdiff.train.draws import CaptionShares, Draw, Draws
from tdiff.train.least_squares import LeastSquares
from tdiff.train.parts import frozen_text, shipped_unet
from tdiff.train.trainee import Trainee
from tdiff.train.whereabouts import NUMBERS, told_whereabouts, whereabouts_loss
from tdiff.world.dataset import TRAIN_SIZE

PLACES: Final = "places.pt"
_SHARES: Final = CaptionShares(blank=0, bare=0, full=0.4, open=0.1, twins=0.3, beside=0)
_HELD: Final = 0.1
"""Weight of the squared distance from the states that the U-Net knows."""
_FITTED: Final = 40
"""Batches that the map alone is fitted to."""


def main() -> None:
    """Parse arguments, learn, and keep what was learned."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=700)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--scenes", type=int, default=TRAIN_SIZE)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    data = load_scenes(options.state_dir / "data", 0, options.scenes, options.workers)
    trainee, moved = learn(options, Draws(data, _SHARES, shares=dict(zip(KINDS, (0.2, 0.75, 0.05), strict=True))))
    print(f"the states moved by {moved:.2%} of their variance")
    parts = {"context": trainee.unet.context.state_dict(), "whereabouts": trainee.whereabouts.state_dict()}
    torch.save(parts, options.state_dir / PLACES)


def learn(options: argparse.Namespace, draws: Draws) -> tuple[Trainee, float]:
    """Return what has learned, and by which share of their variance the states moved."""
    text, trainee = frozen_text(options.state_dir), Trainee(shipped_unet())
    context = trainee.unet.context
    if context.places.any():
        fit_map(options, draws, text, trainee)
        return trainee, 0.0
    known = copy.deepcopy(context).requires_grad_(False)
    torch.nn.init.normal_(context.places, std=0.2)
    learning = [*context.parameters(), *trainee.whereabouts.parameters()]
    optimiser = torch.optim.AdamW(learning, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.01)
    errors, moved = [], 0.0
    for step in range(options.steps):
        for group in optimiser.param_groups:
            group["lr"] = 1e-3 * min(1.0, (step + 1) / 50, 0.02 + 2 * (1 - step / options.steps))
        drawn = _drawn(options, draws, step)
        ids = drawn.ids
        with torch.no_grad():
            states, _ = text.states(ids)
            before, mask = known(ids, states)
        after, _ = context(ids, states)
        asked = whereabouts_loss(trainee.whereabouts(after), ids, drawn.things, drawn.boxes)
        away = ((after - before).square().mean(-1) * mask).sum() / mask.sum()
        optimiser.zero_grad(set_to_none=True)
        (asked + _HELD * away).backward()
        optimiser.step()
        errors.append(float(asked.detach()))
        moved = float(away.detach() / before[mask].var())
        if (step + 1) % 100 == 0:
            print(f"step {step + 1}  whereabouts {np.mean(errors[-100:]):.5f}  moved {moved:.3%}", flush=True)
    return trainee, moved


@torch.no_grad()
def fit_map(options: argparse.Namespace, draws: Draws, text: TextTower, trainee: Trainee) -> None:
    """Fit the map of `whereabouts` to states that know places already: least squares, with a little ridge."""
    squares = LeastSquares(TEXT + 1, NUMBERS)
    for step in range(_FITTED):
        drawn = _drawn(options, draws, step)
        read, _ = trainee.unet.context(drawn.ids, text.states(drawn.ids)[0])
        target, told = told_whereabouts(drawn.ids, drawn.things, drawn.boxes)
        row, token, thing = told.nonzero().unbind(1)
        squares.add(torch.cat([read[row, token], torch.ones(len(row), 1)], 1), target[row, thing])
    solved = squares.solved()
    trainee.whereabouts.weight.copy_(solved[:-1].T)
    trainee.whereabouts.bias.copy_(solved[-1])
    drawn = _drawn(options, draws, _FITTED)  # which the fit has not seen
    read, _ = trainee.unet.context(drawn.ids, text.states(drawn.ids)[0])
    error = whereabouts_loss(trainee.whereabouts(read), drawn.ids, drawn.things, drawn.boxes)
    print(f"the map of whereabouts fitted: squared error {error:.5f}", flush=True)


def _drawn(options: argparse.Namespace, draws: Draws, step: int) -> Draw:
    return draws.draw(options.batch, torch.Generator().manual_seed(9_000_000 + step))


def load_places(trainee: Trainee, path: Path) -> None:
    """Let a trainee begin with what was learned from captions."""
    parts = torch.load(path, weights_only=True, map_location="cpu")
    trainee.unet.context.load_state_dict(parts["context"])
    trainee.whereabouts.load_state_dict(parts["whereabouts"])


if __name__ == "__main__":
    main()
