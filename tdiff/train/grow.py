"""Give a half-trained denoiser more stages: `python -m tdiff.train.grow --state-dir DIR`.

Rewrites a checkpoint of a network with fewer stages than `UNet` has now. A new stage comes last in its part and starts
as the identity, since the last layers of its branches are zero, so the network goes on from where it was (as in
Net2Net, Chen et al. 2016, arXiv 1511.05641). What the optimisers remember of the old weights is kept.
"""

import argparse
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tdiff.prompt.vocabulary import tokens
from tdiff.torch_model.unet import UNet
from tdiff.train import checkpoint
from tdiff.train.run import optimised
from tdiff.train.trainee import Trainee


def main() -> None:
    """Parse arguments, keep the old checkpoint beside, and write the new one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True)
    folder = parser.parse_args().state_dir / "denoiser"
    state = checkpoint.load(folder)
    torch.manual_seed(state["step"])
    grown_state, added = grown(state, Trainee(UNet(len(tokens()))))
    checkpoint.save(state, folder / "before_growing")
    checkpoint.save(grown_state, folder)
    print(f"{len(added)} tensors added, {sum(grown_state['trainee'][name].numel() for name in added)} numbers")


def grown(state: dict[str, Any], larger: Trainee) -> tuple[dict[str, Any], list[str]]:
    """Return a checkpoint for the larger network, and the names of the tensors that the smaller one lacked.

    Raises:
        ValueError: the smaller network has a tensor that the larger one lacks.
    """
    known: dict[str, Tensor] = state["trainee"]
    tensors = larger.state_dict()
    strange = known.keys() - tensors.keys()
    if strange:
        raise ValueError(f"the larger network lacks {', '.join(sorted(strange))}")
    added = [name for name in tensors if name not in known]
    averaged = {name: tensors[f"unet.{name}"] for name in larger.unet.state_dict()}
    memories = [
        _remembered(memory, old, new)
        for memory, old, new in zip(state["optimisers"], optimised(known), optimised(tensors), strict=True)
    ]
    made = {"trainee": tensors | known, "ema": averaged | state["ema"], "optimisers": memories}
    return state | made, added


def _remembered(memory: dict[str, Any], old: list[str], new: list[str]) -> dict[str, Any]:
    """An optimiser's state with its entries moved to the places that their parameters have now."""
    (group,) = memory["param_groups"]
    moved = {new.index(old[place]): entry for place, entry in memory["state"].items()}
    return {"state": moved, "param_groups": [group | {"params": list(range(len(new)))}]}


if __name__ == "__main__":
    main()
