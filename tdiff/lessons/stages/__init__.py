"""What a learner plays with in the lessons, without a screen: state in, frozen state out.

A screen calls these, shows the panes of what they return, and keeps no knowledge of its own of the subject.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

Stage = Literal[
    "forward",
    "guess-game",
    "slow-step",
    "live-training",
    "swap",
    "words",
    "matching",
    "guidance",
    "negative",
    "switching",
    "copies",
    "skew",
    "mix",
    "label",
    "decide",
    "truth",
]

STAGE_OF_CARD: Final[Mapping[str, Stage]] = MappingProxyType(
    {
        "any-level": "forward",
        "lost-in-noise": "forward",
        "guess-game": "guess-game",
        "training-step": "slow-step",
        "live-training": "live-training",
        "train-yourself": "live-training",
        "what-is-read": "swap",
        "swap-a-word": "swap",
        "word-maps": "words",
        "match-four": "matching",
        "same-words": "matching",
        "guidance-dial": "guidance",
        "guidance-grid": "guidance",
        "negative-slot": "negative",
        "negative-weights": "negative",
        "negative-when": "negative",
        "when-decided": "switching",
        "near-copies": "copies",
        "never-shown": "copies",
        "left-open": "skew",
        "change-the-mix": "mix",
        "label-it": "label",
        "credentials": "label",
        "hidden-mark": "label",
        "false-alarms": "label",
        "decide": "decide",
        "truth": "truth",
    }
)
"""Which stage a card offers beside its experiment."""
