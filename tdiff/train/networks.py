"""Pictures from any weights, made in PyTorch in batches: what scoring, sheets and noun weights share."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from tdiff.arrays import F32, U8
from tdiff.defaults import GUIDANCE, GUIDANCE_START, STEPS
from tdiff.errors import WeightsError
from tdiff.evaluate.checker import Checker
from tdiff.prompt.vocabulary import tokens
from tdiff.torch_model.towers import ImageTower, TextTower
from tdiff.torch_model.unet import UNet, unet_of
from tdiff.train.parts import denoiser_in, newest, progress
from tdiff.train.samples import ddim, prompt_ids

_Tower = TypeVar("_Tower", TextTower, ImageTower)


@dataclass(frozen=True, slots=True)
class Networks:
    """A denoiser with the towers and the checker beside it.

    Attributes:
        unet, text, image, checker: the networks.
        said: which denoiser it is, for a report.
        guidance, guidance_start, steps: of pictures.
        batch: pictures made side by side.
        bf16: matrix products in bfloat16, three times as fast where the processor has it.
    """

    unet: UNet
    text: TextTower
    image: ImageTower
    checker: Checker
    said: str
    guidance: float = GUIDANCE
    guidance_start: float = GUIDANCE_START
    steps: int = STEPS
    batch: int = 64
    bf16: bool = False

    @torch.no_grad()
    def generate(
        self, prompts: Sequence[str], negatives: Sequence[str], seeds: Sequence[int], guidance: float | None = None
    ) -> U8:
        """Return (n, 32, 32, 3) uint8, each from its own seed's noise as the shipped pipeline draws it."""
        made = [
            self._batch(prompts[at], negatives[at], seeds[at], self.guidance if guidance is None else guidance)
            for at in (slice(first, first + self.batch) for first in range(0, len(prompts), self.batch))
        ]
        return np.concatenate(made)

    @torch.no_grad()
    def features(self, pictures: U8) -> F32:
        """Return the image tower's vectors (n, 128) of (n, 32, 32, 3) pictures."""
        parts = [pictures[first : first + 256] for first in range(0, len(pictures), 256)]
        return np.concatenate(
            [self.image(torch.from_numpy(part).permute(0, 3, 1, 2).float() / 127.5 - 1).numpy() for part in parts]
        )

    @torch.no_grad()
    def say(self, ids: Sequence[int]) -> F32:
        """Return the text tower's vector (128,) of a caption's token ids."""
        result: F32 = self.text(torch.tensor([list(ids)]))[0].numpy()
        return result

    def _batch(self, prompts: Sequence[str], negatives: Sequence[str], seeds: Sequence[int], guidance: float) -> U8:
        draws = [np.random.Generator(np.random.PCG64(seed)) for seed in seeds]
        noise = np.stack([rng.standard_normal((32, 32, 3), np.float32) for rng in draws])
        start = torch.from_numpy(noise).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            steered = prompt_ids(list(negatives), negative=True)
            x = ddim(
                self.unet,
                self.text,
                prompt_ids(list(prompts)),
                start,
                guidance,
                self.steps,
                steered,
                self.guidance_start,
            )
        return np.clip(np.rint((x.float().permute(0, 2, 3, 1).numpy() + 1) * 127.5), 0, 255).astype(np.uint8)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let a script choose weights and how pictures are made; see `networks_of`."""
    parser.add_argument("--state-dir", type=Path, help="checkpoints; what it lacks is what ships")
    parser.add_argument("--weights", type=Path, help="another denoiser: the folder of its training or an exported file")
    parser.add_argument("--guidance", type=float, default=GUIDANCE)
    parser.add_argument("--guidance-start", type=float, default=GUIDANCE_START)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--bf16", action="store_true", help="faster where the processor has it; levels differ by a few")


def networks_of(options: argparse.Namespace) -> Networks:
    """Load what `add_arguments` let the caller choose.

    Raises:
        WeightsError: a file is missing or does not hold these networks.
    """
    torch.set_num_threads(options.threads)
    chosen: Path | None = options.weights
    tensors = newest("denoiser", options.state_dir) if chosen is None else denoiser_in(chosen)
    step, pictures = progress(options.state_dir)
    return Networks(
        _unet(tensors, chosen),
        _tower(TextTower(len(tokens())), newest("text", options.state_dir)),
        _tower(ImageTower(), newest("image", options.state_dir)),
        Checker({name: value.numpy() for name, value in newest("checker", options.state_dir).items()}),
        f"step {step}, {pictures:,} pictures" if chosen is None else str(chosen),
        options.guidance,
        options.guidance_start,
        options.steps,
        options.batch,
        options.bf16,
    )


def _unet(tensors: Mapping[str, Tensor], path: Path | None) -> UNet:
    try:
        return unet_of(tensors).to(memory_format=torch.channels_last)
    except (KeyError, RuntimeError) as error:
        said = str(error).strip().splitlines()[0]
        raise WeightsError(
            f"{path or 'the state folder'} does not hold this denoiser ({said})",
            remedy="take a checkpoint of this version",
        ) from error


def _tower(tower: _Tower, tensors: Mapping[str, Tensor]) -> _Tower:
    tower.load_state_dict(dict(tensors))
    return tower.eval()
