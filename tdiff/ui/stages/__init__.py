"""Hands-on parts of lessons: while one is open, it has the canvases and the keys of the bench. They know no widget."""

from tdiff.pipeline import Pipeline
from tdiff.ui.stages.stage import Stage


def stage_of(card: str) -> str | None:
    """Which stage a card offers, by name."""
    from tdiff.lessons.stages import STAGE_OF_CARD

    return STAGE_OF_CARD.get(card)


def make_stage(name: str, pipeline: Pipeline) -> Stage:
    """Open a stage."""
    if name == "forward":
        from tdiff.ui.stages.forward_stage import ForwardStage

        return ForwardStage(pipeline)
    if name == "guess-game":
        from tdiff.ui.stages.game_stage import GameStage

        return GameStage(pipeline)
    if name == "slow-step":
        from tdiff.ui.stages.slow_stage import SlowStage

        return SlowStage(pipeline)
    from tdiff.ui.stages.live_stage import LiveStage

    return LiveStage()
