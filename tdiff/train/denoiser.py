"""Train the denoiser: `python -m tdiff.train.denoiser --state-dir DIR`, or the same under torchrun on many GPUs.

Runs until stopped (`control.json` in the state folder) or `--steps`; resumes from its checkpoint.
"""

import argparse
import copy
import json
import os
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn

from tdiff.prompt.vocabulary import tokens
from tdiff.torch_model.towers import TextTower
from tdiff.torch_model.unet import UNet, placeless
from tdiff.train.control import Control, read_control
from tdiff.train.data import load_scenes
from tdiff.train.draws import CaptionShares, Draws
from tdiff.train.likeness import likeness_loss
from tdiff.train.looking import looking_loss
from tdiff.train.muon import Muon
from tdiff.train.nouns import noun_weights
from tdiff.train.objective import LevelSampler, alpha_sigma, noised
from tdiff.train.parts import frozen_text, shipped
from tdiff.train.places import PLACES, load_places
from tdiff.train.samples import save_watched, watched_pictures
from tdiff.train.trainee import Trainee
from tdiff.train.whereabouts import whereabouts_loss
from tdiff.weights import read_manifest
from tdiff.world.dataset import TRAIN_SIZE

_CHECKPOINT_SECONDS = 120
_BANDS = (0.0, 0.35, 0.65, 0.85, 1.01)  # noise levels σ between which the loss is logged apart

_BAND_NAMES = [f"{low:.2f}-{high:.2f}" for low, high in pairwise(_BANDS)]


@dataclass
class Run:
    """Everything that a checkpoint holds, and where it runs."""

    model: nn.Module  # Trainee, or its distributed wrapper
    ema: UNet
    optimisers: list[torch.optim.Optimizer]
    text: TextTower
    device: torch.device
    step: int = 0
    pictures: int = 0
    lr_scale: float = 0.0

    @property
    def trainee(self) -> Trainee:
        """What is trained, without its wrapper."""
        inner = getattr(self.model, "module", self.model)
        assert isinstance(inner, Trainee)
        return inner


def main() -> None:
    """Parse arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True, help="checkpoints and rendered scenes")
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=96, help="pictures a step on each device")
    parser.add_argument("--lr", type=float, default=2e-3, help="of Muon; AdamW has half of it")
    parser.add_argument("--warmup", type=int, default=300, help="steps to ramp the learning rate, after a start too")
    parser.add_argument("--ema", type=float, default=0.9995)
    parser.add_argument("--dropout", type=float, default=0.1, help="share of captions blanked")
    parser.add_argument("--bare", type=float, default=0.12, help="share of captions cut to a single fact")
    parser.add_argument("--full", type=float, default=0.25, help="share of captions that leave nothing out")
    parser.add_argument("--open", type=float, default=0.3, help="share that leave the colours of painted things open")
    parser.add_argument("--twins", type=float, default=0.3, help="share of named relations that come with their twin")
    parser.add_argument("--likeness", type=float, default=2.0, help="weight of the loss on what nouns look like")
    parser.add_argument("--whereabouts", type=float, default=4.0, help="weight of the loss on where things stand")
    parser.add_argument("--looking", type=float, default=0.0, help="weight of the loss on where nouns' maps lie")
    parser.add_argument("--scenes", type=int, default=TRAIN_SIZE)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--init", type=Path, help="warm start: exported denoiser.safetensors, where no checkpoint is left"
    )
    parser.add_argument(
        "--bf16", action="store_true", help="matrix products in bfloat16: faster where the processor has it"
    )
    train(parser.parse_args())


def train(options: argparse.Namespace) -> None:
    """Train from the newest checkpoint, an export, or nothing."""
    rank, world = _join_process_group()
    folder = options.state_dir / "denoiser"
    folder.mkdir(parents=True, exist_ok=True)
    data = load_scenes(options.state_dir / "data", 0, options.scenes, options.workers)
    shares = CaptionShares(options.dropout, options.bare, options.full, options.open, options.twins)
    draws = Draws(data, shares, noun_weights(options.state_dir))
    run = _start(options, folder, rank, world)
    sampler, control = LevelSampler(), read_control(folder, Control())
    torch.set_num_threads(control.threads)
    meter = _Meter(folder / "log.jsonl" if rank == 0 else None)
    saved = time.monotonic()
    while run.step < options.steps and not control.stop:
        if run.step % 25 == 0:
            control = read_control(folder, control)
            torch.set_num_threads(control.threads)
        _set_lr(run, options, control)
        rng = np.random.default_rng((options.seed, run.step, rank))
        loss, t, squared, asked = _losses(run, draws, sampler, rng, options)
        _update(run, loss, options.ema)
        run.step += 1
        run.pictures += options.batch * world
        meter.add(t, squared, asked)
        if rank == 0 and run.step % 100 == 0:
            meter.write(run, control.threads)
        if rank == 0 and _is_snapshot(run.step):
            save_watched(folder / "watched", run.step, watched_pictures(run.ema, run.text, run.device))
        if rank == 0 and (time.monotonic() - saved > _CHECKPOINT_SECONDS or control.stop or run.step == options.steps):
            _save(run, folder / "checkpoint.pt")
            saved = time.monotonic()
    if world > 1:
        dist.destroy_process_group()


def _start(options: argparse.Namespace, folder: Path, rank: int, world: int) -> Run:
    device = (
        torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if torch.cuda.is_available() else torch.device("cpu")
    )
    torch.manual_seed(options.seed)
    unet = UNet(len(tokens())).to(device, memory_format=torch.channels_last)
    text = frozen_text(options.state_dir).to(device)
    if options.init is not None:
        unet.load_state_dict(
            unet.state_dict() | placeless(unet) | shipped(options.init)
        )  # stages that it lacks are the identity
    trainee = Trainee(unet, mapped=options.looking > 0).to(device)
    if options.init is not None and (options.state_dir / PLACES).exists():
        load_places(trainee, options.state_dir / PLACES)
    optimisers = optimisers_of(trainee, options.lr)
    run = Run(trainee, copy.deepcopy(unet).requires_grad_(False), optimisers, text, device)
    if options.init is not None:  # what the weights have seen before goes on counting
        manifest = read_manifest(options.init.parent)
        run.step, run.pictures = manifest.step, manifest.pictures
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True, map_location=device)
        trainee.load_state_dict(state["trainee"])
        run.ema.load_state_dict(state["ema"])
        for optimiser, kept in zip(run.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(kept)
        run.step, run.pictures = state["step"], state["pictures"]
    if world > 1:
        run.model = nn.parallel.DistributedDataParallel(
            trainee, device_ids=[device.index] if device.index is not None else None
        )
    if rank == 0:
        print(f"start at step {run.step}, {run.pictures} pictures seen, on {device} × {world}", flush=True)
    return run


def optimisers_of(model: Trainee, lr: float) -> list[torch.optim.Optimizer]:
    """Muon for hidden matrices and convolutions; AdamW for embeddings, first and last layers, norms and biases."""
    named = dict(model.named_parameters())
    hidden, rest = ([named[name] for name in names] for names in optimised(named))
    adam = torch.optim.AdamW(rest, lr=lr / 2, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    return [Muon(hidden, lr=lr), adam]


def optimised(parameters: Mapping[str, Tensor]) -> tuple[list[str], list[str]]:
    """Names of the parameters that Muon trains, and of those that AdamW does, each in the order of its state."""
    outer = ("unet.stem", "unet.last", "unet.context.tokens", "unet.time1")
    hidden = [name for name, value in parameters.items() if value.ndim >= 2 and not name.startswith(outer)]
    chosen = set(hidden)
    return hidden, [name for name in parameters if name not in chosen]


def _losses(
    run: Run, draws: Draws, sampler: LevelSampler, rng: np.random.Generator, options: argparse.Namespace
) -> tuple[Tensor, Tensor, Tensor, dict[str, float]]:
    drawn = draws.draw(options.batch, rng)
    images = torch.from_numpy(drawn.images).to(run.device).permute(0, 3, 1, 2).float() / 127.5 - 1
    ids = torch.from_numpy(drawn.ids).to(run.device)
    t, loss_weight = (tensor.to(run.device) for tensor in sampler.draw(options.batch, rng))
    alike = torch.from_numpy(drawn.alike).to(run.device)
    t, loss_weight = (tensor[alike] for tensor in _shuffled(t, loss_weight, rng))
    eps = torch.from_numpy(rng.standard_normal(images.shape, np.float32)).to(run.device)[alike]
    x_t, v = noised(images, eps, t)
    with torch.no_grad():
        states, _ = run.text.states(ids)
    with torch.autocast(run.device.type, torch.bfloat16, enabled=options.bf16):
        answers = run.model(x_t.contiguous(memory_format=torch.channels_last), t, ids, states)
    squared = (answers.v.float() - v).square().mean((1, 2, 3))
    asked = {
        "likeness": likeness_loss(answers.of_noun, answers.of_prompt, ids, drawn.things),
        "whereabouts": whereabouts_loss(answers.whereabouts, ids, drawn.things, drawn.boxes),
    }
    if options.looking:
        asked["looking"] = looking_loss(answers.maps, ids, drawn.things, drawn.boxes)
    loss = (squared * loss_weight).mean() + sum(getattr(options, name) * value for name, value in asked.items())
    return loss, t, squared.detach(), {name: float(value.detach()) for name, value in asked.items()}


def _shuffled(t: Tensor, loss_weight: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Break the order that stratified levels share with the sorted row numbers."""
    order = torch.from_numpy(rng.permutation(len(t))).to(t.device)
    return t[order], loss_weight[order]


def _update(run: Run, loss: Tensor, ema_decay: float) -> None:
    run.model.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
    for optimiser in run.optimisers:
        optimiser.step()
    decay = min(ema_decay, (1 + run.step) / (10 + run.step))
    torch._foreach_lerp_(list(run.ema.parameters()), list(run.trainee.unet.parameters()), 1 - decay)


def _set_lr(run: Run, options: argparse.Namespace, control: Control) -> None:
    """Ramp towards the asked scale, up within the warm-up and down over `ramp_steps`."""
    gap = control.lr_scale - run.lr_scale
    limit = 1 / options.warmup if gap > 0 else 1 / control.ramp_steps
    run.lr_scale += max(-limit, min(limit, gap))
    for optimiser, base in zip(run.optimisers, (options.lr, options.lr / 2), strict=True):
        for group in optimiser.param_groups:
            group["lr"] = base * run.lr_scale


def _is_snapshot(step: int) -> bool:
    """100, 200, 400 … while young, then every 2,000 steps."""
    return step % 2000 == 0 or step in (1, 50, 100, 200, 400, 800, 1200, 1600)


def _save(run: Run, path: Path) -> None:
    state = {
        "trainee": run.trainee.state_dict(),
        "ema": run.ema.state_dict(),
        "optimisers": [optimiser.state_dict() for optimiser in run.optimisers],
        "step": run.step,
        "pictures": run.pictures,
    }
    torch.save(state, path.with_suffix(".tmp"))
    path.with_suffix(".tmp").replace(path)


def _join_process_group() -> tuple[int, int]:
    """Rank and world size; (0, 1) unless started by torchrun."""
    if "RANK" not in os.environ:
        return 0, 1
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    return dist.get_rank(), dist.get_world_size()


class _Meter:
    """Running squared error of v, overall and by noise level."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._sums = np.zeros(len(_BANDS) - 1)
        self._counts = np.zeros(len(_BANDS) - 1)
        self._since, self._pictures = time.monotonic(), 0
        self._asked: Counter[str] = Counter()
        self._steps = 0

    def add(self, t: Tensor, squared: Tensor, asked: Mapping[str, float]) -> None:
        sigma = alpha_sigma(t)[1].cpu().numpy()
        band = np.digitize(sigma, _BANDS) - 1
        np.add.at(self._sums, band, squared.cpu().numpy())
        np.add.at(self._counts, band, 1)
        self._pictures += len(t)
        self._asked.update(asked)
        self._steps += 1

    def write(self, run: Run, threads: int) -> None:
        now = time.monotonic()
        by_level = np.round(self._sums / np.maximum(self._counts, 1), 5).tolist()
        entry = {
            "step": run.step,
            "pictures": run.pictures,
            "v_mse": round(float(self._sums.sum() / self._counts.sum()), 5),
            "by_noise_level": dict(zip(_BAND_NAMES, by_level, strict=True)),
            **{name: round(value / self._steps, 5) for name, value in self._asked.items()},
            "lr_scale": round(run.lr_scale, 4),
            "pictures_per_s": round(self._pictures / (now - self._since), 1),
            "threads": threads,
        }  # fmt: skip
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as log:
                log.write(json.dumps(entry) + "\n")
        self.__init__(self._path)  # type: ignore[misc]


if __name__ == "__main__":
    main()
