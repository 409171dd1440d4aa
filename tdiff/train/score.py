"""Score a checkpoint with the suites of `tdiff eval`, in PyTorch: `python -m tdiff.train.score --state-dir DIR`."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from tdiff.evaluate.bias_suite import NOUNS
from tdiff.evaluate.checker import Checker
from tdiff.evaluate.report import Profile, run
from tdiff.prompt.vocabulary import tokens
from tdiff.train.parts import newest, progress
from tdiff.train.samples import ddim, prompt_ids
from tdiff.train.towers import ImageTower, TextTower
from tdiff.train.unet import unet_of


def main() -> None:
    """Parse arguments and print a report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--guidance", type=float, default=4.0)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--prompts", type=int, default=25)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--only", default="following,negatives")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    text, image = TextTower(len(tokens())).eval(), ImageTower().eval()
    unet = unet_of(newest("denoiser", options.state_dir)).to(memory_format=torch.channels_last)
    checker = Checker(_arrays(newest("checker", options.state_dir)))
    for module, part in ((text, "text"), (image, "image")):
        module.load_state_dict(newest(part, options.state_dir))

    def generate(
        prompts: Sequence[str], negatives: Sequence[str], seeds: Sequence[int], guidance: float | None = None
    ) -> np.ndarray:
        made = []
        for first in range(0, len(prompts), 64):
            part = slice(first, first + 64)
            draws = [np.random.Generator(np.random.PCG64(seed)) for seed in seeds[part]]
            noise = np.stack([rng.standard_normal((32, 32, 3), np.float32) for rng in draws])
            x = ddim(
                unet,
                text,
                prompt_ids(list(prompts[part])),
                torch.from_numpy(noise).permute(0, 3, 1, 2),
                options.guidance if guidance is None else guidance,
                options.steps,
                prompt_ids(list(negatives[part]), negative=True),
            )
            made.append(np.rint((x.permute(0, 2, 3, 1).numpy() + 1) * 127.5).astype(np.uint8))
        return np.concatenate(made)

    def features(pictures: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return image(torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1).numpy()

    profile = Profile(options.prompts, options.seeds, options.prompts, 200, 1000, 100, len(NOUNS), 64)
    step, pictures = progress(options.state_dir)
    settings = {"step": str(step), "pictures": str(pictures), "guidance": str(options.guidance)}
    print(run(generate, checker, features, profile, options.only.split(","), print, settings).to_text())


def _arrays(tensors: Mapping[str, torch.Tensor]) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in tensors.items()}


if __name__ == "__main__":
    main()
