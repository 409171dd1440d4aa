"""How often each noun comes out right, so that training draws hard ones oftener: `python -m tdiff.train.nouns`."""

import argparse
import json
from pathlib import Path
from typing import Final

import numpy as np

from tdiff.evaluate.judge import Thing, Want, fits
from tdiff.train.networks import Networks, add_arguments, networks_of
from tdiff.world.captions import with_article
from tdiff.world.concepts import offered

_HARDEST: Final = 4.0
"""Weight of a noun that never comes out right; one that always does has 1."""
_FILE: Final = "nouns.json"


def noun_weights(state_dir: Path) -> dict[str, float]:
    """Return how much oftener each noun is to be drawn; nothing where none was measured."""
    path = state_dir / _FILE
    rates = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {noun: 1 + (_HARDEST - 1) * (1 - rate) for noun, rate in rates.items()}


def main() -> None:
    """Write the share of right pictures of each noun into the state folder, and print the worst."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--first", type=int, default=1000, help="first of the seeds")
    options = parser.parse_args()
    if options.state_dir is None:
        parser.error("--state-dir is where the shares are kept: name it")
    rates = measure(networks_of(options), range(options.first, options.first + options.seeds))
    (options.state_dir / _FILE).write_text(json.dumps(rates, indent=0), "utf-8")
    print(f"mean {np.mean([*rates.values()]):.3f}")
    print(", ".join(f"{noun} {rates[noun]:.2f}" for noun in sorted(rates, key=lambda noun: rates[noun])[:60]))


def measure(networks: Networks, seeds: range) -> dict[str, float]:
    """Return for each noun the share of pictures "a …" that show one of it and nothing else."""
    jobs = [(concept, seed) for concept in offered() for seed in seeds]
    prompts = [with_article(concept.name) for concept, _ in jobs]
    looks = networks.checker.look(networks.generate(prompts, [""] * len(jobs), [seed for _, seed in jobs]))
    right: dict[str, list[bool]] = {concept.name: [] for concept in offered()}
    for (concept, _), look in zip(jobs, looks, strict=True):
        right[concept.name].append(fits(Want((Thing(concept.id),)), look))
    return {noun: float(np.mean(hits)) for noun, hits in right.items()}


if __name__ == "__main__":
    main()
