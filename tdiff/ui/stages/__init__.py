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
        "forward": ("tdiff.lessons.forward.forward_view", "ForwardStage"),
        "guess-game": ("tdiff.lessons.training.guess_game_view", "GameStage"),
        "slow-step": ("tdiff.lessons.training.slow_step_view", "SlowStage"),
        "live-training": ("tdiff.lessons.training.live_training_view", "LiveStage"),
        "swap": ("tdiff.lessons.words.swap_view", "SwapStage"),
        "words": ("tdiff.lessons.words.words_view", "WordsStage"),
        "matching": ("tdiff.lessons.matching.matching_view", "MatchingStage"),
        "guidance": ("tdiff.lessons.guidance.guidance_view", "GuidanceStage"),
        "negative": ("tdiff.lessons.negatives.negative_view", "NegativeStage"),
        "switching": ("tdiff.lessons.switching.switching_view", "SwitchingStage"),
        "copies": ("tdiff.lessons.copies.copies_view", "CopiesStage"),
        "skew": ("tdiff.lessons.skew.skew_view", "SkewStage"),
        "mix": ("tdiff.lessons.skew.mix_view", "MixStage"),
        "label": ("tdiff.lessons.labels.label_view", "LabelStage"),
        "decide": ("tdiff.lessons.decide.decide_view", "DecideStage"),
        "truth": ("tdiff.lessons.truth.truth_view", "TruthStage"),
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
    stage: Stage = getattr(import_module(module), kind)(given)
    return stage
