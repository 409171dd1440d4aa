"""Hands-on parts of lessons: while one is open, it has the canvases and the keys of the bench. They know no widget."""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.given import Given
from tdiff.views.stage import Stage

STAGES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "forward": ("forward_stage", "ForwardStage"),
        "guess-game": ("game_stage", "GameStage"),
        "slow-step": ("slow_stage", "SlowStage"),
        "live-training": ("live_stage", "LiveStage"),
        "swap": ("swap_stage", "SwapStage"),
        "words": ("words_stage", "WordsStage"),
        "matching": ("matching_stage", "MatchingStage"),
        "guidance": ("guidance_stage", "GuidanceStage"),
        "negative": ("negative_stage", "NegativeStage"),
        "switching": ("switching_stage", "SwitchingStage"),
        "copies": ("copies_stage", "CopiesStage"),
        "skew": ("skew_stage", "SkewStage"),
        "mix": ("mix_stage", "MixStage"),
        "label": ("label_stage", "LabelStage"),
        "decide": ("decide_stage", "DecideStage"),
        "truth": ("truth_stage", "TruthStage"),
    }
)
"""Name of a stage → module and class, imported when it is opened."""


def stage_of(card: str) -> str | None:
    """Which stage a card offers, by name; None where there is none to open."""
    from tdiff.lessons.stages import STAGE_OF_CARD

    name = STAGE_OF_CARD.get(card)
    return name if name in STAGES else None


def make_stage(name: str, given: Given) -> Stage:
    """Open a stage.

    Args:
        name: key of `STAGES`.
        given: what there is to begin with.

    Raises:
        LessonError: there is no such stage, or it can do nothing with what is given.
    """
    if name not in STAGES:
        raise LessonError(f"there is no stage {name!r}: choose one of {', '.join(STAGES)}")
    module, kind = STAGES[name]
    stage: Stage = getattr(import_module(f"tdiff.ui.stages.{module}"), kind)(given)
    return stage
