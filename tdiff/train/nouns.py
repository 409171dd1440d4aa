"""How often each noun comes out right, so that training draws hard ones oftener: `python -m tdiff.train.nouns`."""

import argparse
import json
from pathlib import Path
from typing import Final

import numpy as np
import torch

from tdiff.evaluate.checker import Checker
from tdiff.evaluate.judge import Thing, Want, fits
from tdiff.prompt.vocabulary import tokens
from tdiff.train.parts import newest
from tdiff.train.samples import ddim, prompt_ids
from tdiff.train.towers import TextTower
from tdiff.train.unet import unet_of
from tdiff.world.captions import with_article
from tdiff.world.concepts import offered

_HARDEST: Final = 4.0
"""Weight of a noun that never comes out right; one that always does has 1."""
_BATCH: Final = 64
_FILE: Final = "nouns.json"


def noun_weights(state_dir: Path) -> dict[str, float]:
    """Return how much oftener each noun is to be drawn; nothing where none was measured."""
    path = state_dir / _FILE
    rates = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {noun: 1 + (_HARDEST - 1) * (1 - rate) for noun, rate in rates.items()}


def main() -> None:
    """Write the share of right pictures of each noun into the state folder, and print the worst."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--first", type=int, default=1000, help="first of the seeds")
    parser.add_argument("--guidance", type=float, default=4.0)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    rates = measure(options.state_dir, range(options.first, options.first + options.seeds), options)
    (options.state_dir / _FILE).write_text(json.dumps(rates, indent=0), "utf-8")
    print(f"mean {np.mean([*rates.values()]):.3f}")
    print(", ".join(f"{noun} {rates[noun]:.2f}" for noun in sorted(rates, key=lambda noun: rates[noun])[:60]))


def measure(state_dir: Path, seeds: range, options: argparse.Namespace) -> dict[str, float]:
    """Return for each noun the share of pictures "a …" that show one of it and nothing else."""
    text = TextTower(len(tokens())).eval()
    text.load_state_dict(newest("text", state_dir))
    unet = unet_of(newest("denoiser", state_dir)).to(memory_format=torch.channels_last)
    checker = Checker({name: value.numpy() for name, value in newest("checker", state_dir).items()})
    jobs = [(concept, seed) for concept in offered() for seed in seeds]
    right: dict[str, list[bool]] = {concept.name: [] for concept in offered()}
    for first in range(0, len(jobs), _BATCH):
        part = jobs[first : first + _BATCH]
        noise = [
            np.random.Generator(np.random.PCG64(seed)).standard_normal((32, 32, 3), np.float32) for _, seed in part
        ]
        ids = prompt_ids([with_article(concept.name) for concept, _ in part])
        start = torch.from_numpy(np.stack(noise)).permute(0, 3, 1, 2)
        x = ddim(unet, text, ids, start, options.guidance, options.steps, prompt_ids([""] * len(part)))
        looks = checker.look(np.rint((x.permute(0, 2, 3, 1).numpy() + 1) * 127.5).astype(np.uint8))
        for (concept, _), look in zip(part, looks, strict=True):
            right[concept.name].append(fits(Want((Thing(concept.id),)), look))
    return {noun: float(np.mean(hits)) for noun, hits in right.items()}


if __name__ == "__main__":
    main()
