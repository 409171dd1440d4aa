"""What a learner plays with in the lessons, without a screen: state in, frozen state out.

A screen calls these, shows the panes of what they return, and keeps no knowledge of its own of the subject.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

Stage = Literal["forward", "guess-game", "slow-step", "live-training", "copies", "skew", "mix"]

STAGE_OF_CARD: Final[Mapping[str, Stage]] = MappingProxyType(
    {
        "any-level": "forward",
        "lost-in-noise": "forward",
        "guess-game": "guess-game",
        "training-step": "slow-step",
        "live-training": "live-training",
        "train-yourself": "live-training",
        "near-copies": "copies",
        "never-shown": "copies",
        "left-open": "skew",
        "change-the-mix": "mix",
    }
)
"""Which stage a card offers beside its experiment."""
