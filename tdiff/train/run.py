"""One training of the denoiser: what learns, what remembers, where it runs, and how far it has come."""

import argparse
import copy
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from tdiff.manifest import read_manifest
from tdiff.prompt.vocabulary import tokens
from tdiff.torch_model.towers import TextTower
from tdiff.torch_model.unet import UNet
from tdiff.train import checkpoint
from tdiff.train.muon import Muon
from tdiff.train.parts import frozen_text, shipped
from tdiff.train.places import PLACES, load_places
from tdiff.train.trainee import Trainee


@dataclass
class Run:
    """Everything that a checkpoint holds, and where it runs."""

    trainee: Trainee
    model: nn.Module  # the trainee, as compiled or distributed
    ema: UNet
    optimisers: list[torch.optim.Optimizer]
    text: TextTower
    device: torch.device
    step: int = 0
    pictures: int = 0
    lr_scale: float = 0.0

    def set_lr(self, base: float) -> None:
        """Give every optimiser its share of the learning rate; AdamW has half of Muon's."""
        for optimiser, own in zip(self.optimisers, (base, base / 2), strict=True):
            for group in optimiser.param_groups:
                group["lr"] = own * self.lr_scale

    def update(self, loss: Tensor, ema_decay: float) -> None:
        """Take a step down the loss, and the running average along."""
        self.model.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.trainee.parameters(), 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
        decay = min(ema_decay, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(list(self.ema.parameters()), list(self.trainee.unet.parameters()), 1 - decay)

    def save(self, folder: Path) -> None:
        """Write a checkpoint; see `checkpoint.save`."""
        state = {
            "trainee": self.trainee.state_dict(),
            "ema": self.ema.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "step": self.step,
            "pictures": self.pictures,
            "lr_scale": self.lr_scale,
        }
        checkpoint.save(state, folder)

    def resume(self, folder: Path) -> None:
        """Go on from the checkpoint in a folder.

        Raises:
            CheckpointError: it cannot be read, or holds another network.
        """
        state = checkpoint.load(folder, self.device)
        try:
            self.trainee.load_state_dict(state["trainee"])
            self.ema.load_state_dict(state["ema"])
            for optimiser, kept in zip(self.optimisers, state["optimisers"], strict=True):
                optimiser.load_state_dict(kept)
            self.step, self.pictures, self.lr_scale = state["step"], state["pictures"], state["lr_scale"]
        except (KeyError, RuntimeError, ValueError) as error:
            said = str(error).strip().splitlines()[0]
            raise checkpoint.CheckpointError(
                f"the checkpoint in {folder} is of another network ({said}): start from the shipped weights with --init"
            ) from error


def start(options: argparse.Namespace, folder: Path, world: int) -> Run:
    """Begin from the checkpoint in a folder, else from `options.init`, else from nothing.

    Raises:
        CheckpointError: there is one, and it cannot be gone on from.
    """
    device = device_here()
    torch.manual_seed(options.seed)
    unet = UNet(len(tokens()))
    if options.init is not None:
        unet.load_state_dict(unet.state_dict() | shipped(options.init))  # stages that it lacks are the identity
    trainee = Trainee(unet, mapped=options.looking > 0)
    if options.init is not None and (options.state_dir / PLACES).exists():
        load_places(trainee, options.state_dir / PLACES)
    trainee.to(device, memory_format=torch.channels_last)
    ema = copy.deepcopy(unet).requires_grad_(False)
    text = frozen_text(options.state_dir).to(device)
    run = Run(trainee, trainee, ema, optimisers_of(trainee, options.lr), text, device)
    if checkpoint.exists(folder):
        run.resume(folder)
    elif options.init is not None:  # what the weights have seen before goes on counting
        manifest = read_manifest(options.init.parent)
        run.step, run.pictures = manifest.step, manifest.pictures
    if options.compile:
        run.model = torch.compile(trainee, dynamic=False)
    if world > 1:
        places = [device.index] if device.index is not None else None
        run.model = nn.parallel.DistributedDataParallel(run.model, device_ids=places)
    return run


def device_here() -> torch.device:
    """The GPU that this process has, or the CPU."""
    if torch.cuda.is_available():
        torch.set_float32_matmul_precision("high")
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
    return torch.device("cpu")


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
