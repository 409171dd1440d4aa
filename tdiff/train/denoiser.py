"""Train the denoiser: `python -m tdiff.train.denoiser --state-dir DIR`, or the same under torchrun on many GPUs.

On one GPU, from nothing or from what ships, at the speed of the card:

    python -m tdiff.train.denoiser --state-dir DIR --gpu --until 40000000 --fall 20000000 --minutes 9
    python -m tdiff.train.denoiser --state-dir DIR --gpu --init assets/models/denoiser.safetensors …

Scenes, captions and all draws live on the card. Runs until stopped (`control.json` in the state folder), or as long as
`--steps`, `--until` and `--minutes` allow; goes on from its checkpoint (`tdiff.train.checkpoint`).
"""

import argparse
import os
import time
from pathlib import Path
from typing import Final

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor

from tdiff.errors import TdiffError
from tdiff.train.control import Control, read_control
from tdiff.train.data import load_scenes
from tdiff.train.draws import CaptionShares, Draws
from tdiff.train.likeness import likeness_loss
from tdiff.train.looking import looking_loss
from tdiff.train.meter import Meter
from tdiff.train.nouns import noun_weights
from tdiff.train.objective import LevelSampler, noised
from tdiff.train.run import Run, start
from tdiff.train.samples import save_watched, watched_pictures
from tdiff.train.whereabouts import whereabouts_loss
from tdiff.world.dataset import TRAIN_SIZE

_CHECKPOINT_SECONDS: Final = 120
_LEAST_LR: Final = 0.02
"""Share of the learning rate that is left at the end: undecayed weights score clearly worse."""


def main() -> None:
    """Parse arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state-dir", type=Path, required=True, help="checkpoints and rendered scenes")
    parser.add_argument(
        "--init", type=Path, help="warm start: exported denoiser.safetensors, where no checkpoint is left"
    )
    parser.add_argument("--gpu", action="store_true", help="same as --bf16 --compile --batch 1024")
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--until", type=int, help="pictures, those before this training counted, to end at")
    parser.add_argument("--fall", type=int, default=500_000, help="pictures over which the learning rate falls to it")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="save and end after this time")
    parser.add_argument("--batch", type=int, default=128, help="pictures a step on each device")
    parser.add_argument("--lr", type=float, default=1.2e-3, help="of Muon; AdamW has half of it")
    parser.add_argument("--warmup", type=int, default=100, help="steps to ramp the learning rate up")
    parser.add_argument("--ema", type=float, default=0.998)
    parser.add_argument("--dropout", type=float, default=0.1, help="share of captions blanked")
    parser.add_argument("--bare", type=float, default=0.12, help="share of captions cut to a single fact")
    parser.add_argument("--full", type=float, default=0.25, help="share of captions that leave nothing out")
    parser.add_argument("--open", type=float, default=0.3, help="share that leave the colours of painted things open")
    parser.add_argument("--twins", type=float, default=0.3, help="share of named relations that come with their twin")
    parser.add_argument("--beside", type=float, default=0.35, help='share of named relations that say "and" instead')
    parser.add_argument("--likeness", type=float, default=2.0, help="weight of the loss on what nouns look like")
    parser.add_argument("--whereabouts", type=float, default=4.0, help="weight of the loss on where things stand")
    parser.add_argument("--looking", type=float, default=0.0, help="weight of the loss on where nouns' maps lie")
    parser.add_argument("--scenes", type=int, default=TRAIN_SIZE)
    parser.add_argument("--workers", type=int, default=1, help="processes that render scenes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bf16", action="store_true", help="matrix products in bfloat16, where the processor has it")
    parser.add_argument(
        "--compile", action="store_true", help="let torch.compile fuse the network, at first for minutes"
    )
    options = parser.parse_args()
    if options.gpu:
        options.bf16 = options.compile = True
        options.batch = 1024 if options.batch == parser.get_default("batch") else options.batch
    try:
        train(options)
    except TdiffError as error:
        parser.exit(error.exit_code, f"{error}\n")
    except torch.OutOfMemoryError:
        half = max(1, options.batch // 2)
        said = f"the GPU has no memory for batches of {options.batch}: take --batch {half}; the last checkpoint is kept"
        parser.exit(1, f"{said}\n")


def train(options: argparse.Namespace) -> None:
    """Train from the newest checkpoint, an export, or nothing.

    Raises:
        CheckpointError: there is a checkpoint that cannot be gone on from.
    """
    rank, world = _join_process_group()
    first = rank == 0
    folder = options.state_dir / "denoiser"
    folder.mkdir(parents=True, exist_ok=True)
    run = start(options, folder, world)
    if first:
        print(f"start at step {run.step}, {run.pictures} pictures seen, on {run.device} × {world}", flush=True)
    data = load_scenes(options.state_dir / "data", 0, options.scenes, options.workers)
    shares = CaptionShares(options.dropout, options.bare, options.full, options.open, options.twins, options.beside)
    draws = Draws(data, shares, noun_weights(options.state_dir), device=run.device)
    sampler, control = LevelSampler(run.device), read_control(folder, Control())
    meter = Meter(folder / "log.jsonl" if first else None, run.device)
    began = saved = time.monotonic()
    done = _is_done(run, options, control, began)
    while not done:
        if run.step % 25 == 0:
            control = read_control(folder, control)
            torch.set_num_threads(control.threads)
        run.lr_scale = next_lr_scale(run, options, control)
        run.set_lr(options.lr)
        loss, t, squared, asked = _losses(run, draws, sampler, _generator(run, options.seed, rank), options)
        run.update(loss, options.ema)
        run.step += 1
        run.pictures += options.batch * world
        meter.add(t, squared, asked)
        done = _is_done(run, options, control, began)
        if first and run.step % 100 == 0:
            meter.write(step=run.step, pictures=run.pictures, lr_scale=round(run.lr_scale, 4), threads=control.threads)
        if first and _is_snapshot(run.step):
            save_watched(folder / "watched", run.step, watched_pictures(run.ema, run.text, run.device))
        if first and (done or time.monotonic() - saved > _CHECKPOINT_SECONDS):
            run.save(folder)
            saved = time.monotonic()
    if world > 1:
        dist.destroy_process_group()


def next_lr_scale(run: Run, options: argparse.Namespace, control: Control) -> float:
    """Return the learning rate's share of its base: what control asks for, falling towards `options.until`.

    It goes up within the warm-up, and down no faster than `control.ramp_steps` and the fall let it.
    """
    asked, down = control.lr_scale, 1 / control.ramp_steps
    if options.until is not None:
        asked *= min(1.0, max(_LEAST_LR, (options.until - run.pictures) / options.fall))
        down = max(down, 2 * options.batch / options.fall)
    return run.lr_scale + max(-down, min(1 / options.warmup, asked - run.lr_scale))


def _is_done(run: Run, options: argparse.Namespace, control: Control, began: float) -> bool:
    enough = options.until is not None and run.pictures >= options.until
    late = time.monotonic() - began > 60 * options.minutes
    return control.stop or enough or late or run.step >= options.steps


def _generator(run: Run, seed: int, rank: int) -> torch.Generator:
    """Draws of a step hang on it alone, so that a training goes on exactly as if it had not stopped."""
    (state,) = np.random.SeedSequence((seed, run.step, rank)).generate_state(1, np.uint64)
    return torch.Generator(run.device).manual_seed(int(state >> np.uint64(1)))


def _losses(
    run: Run, draws: Draws, sampler: LevelSampler, rng: torch.Generator, options: argparse.Namespace
) -> tuple[Tensor, Tensor, Tensor, dict[str, Tensor]]:
    """The loss, and for the log levels (B,), errors of v (B,) and the other losses."""
    drawn = draws.draw(options.batch, rng)
    images = drawn.images.permute(0, 3, 1, 2).float() / 127.5 - 1
    t, loss_weight = (tensor[drawn.alike] for tensor in sampler.draw(options.batch, rng))
    eps = torch.randn(images.shape, generator=rng, device=run.device)[drawn.alike]
    x_t, v = noised(images, eps, t)
    with torch.no_grad():
        states, _ = run.text.states(drawn.ids)
    with torch.autocast(run.device.type, torch.bfloat16, enabled=options.bf16):
        answers = run.model(x_t.contiguous(memory_format=torch.channels_last), t, drawn.ids, states)
    squared = (answers.v.float() - v).square().mean((1, 2, 3))
    asked = {
        "likeness": likeness_loss(answers.of_noun, answers.of_prompt, drawn.ids, drawn.things),
        "whereabouts": whereabouts_loss(answers.whereabouts, drawn.ids, drawn.things, drawn.boxes),
    }
    if options.looking:
        asked["looking"] = looking_loss(answers.maps, drawn.ids, drawn.things, drawn.boxes)
    loss = (squared * loss_weight).mean()
    for name, value in asked.items():
        loss = loss + getattr(options, name) * value
    return loss, t, squared.detach(), {name: value.detach() for name, value in asked.items()}


def _is_snapshot(step: int) -> bool:
    """100, 200, 400 … while young, then every 2,000 steps."""
    return step % 2000 == 0 or step in (1, 50, 100, 200, 400, 800, 1200, 1600)


def _join_process_group() -> tuple[int, int]:
    """Rank and world size; (0, 1) unless started by torchrun."""
    if "RANK" not in os.environ:
        return 0, 1
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    return dist.get_rank(), dist.get_world_size()


if __name__ == "__main__":
    main()
