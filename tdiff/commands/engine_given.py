"""Which engine a command runs: what its options say, or else the settings."""

from dataclasses import replace
from pathlib import Path

from tdiff.engines.choice import OURS, EngineChoice
from tdiff.text import clean_text


def engine_given(engine: str | None, model: Path | None, device: str | None, dtype: str | None) -> EngineChoice:
    """Return the choice of a command line; where no option makes one, that of the settings.

    Args:
        engine: an option, as are the others; None for one that was left out.
        model: a folder.
        device: such as cuda.
        dtype: such as float16.
    """
    from tdiff.store.config import config_or_defaults

    usual = config_or_defaults().engine
    low_memory = usual.low_memory or None
    chosen = EngineChoice(engine, model, device, dtype)
    if chosen != OURS:
        return replace(chosen, low_memory=low_memory) if chosen.runs_checkpoint else chosen
    folder = Path(usual.model).expanduser() if usual.model else None
    given = EngineChoice(usual.name or None, folder, usual.device or None, usual.dtype or None)
    return replace(given, low_memory=low_memory) if given.runs_checkpoint else given


def engine_beside(what: str, lessons: bool) -> tuple[EngineChoice, str]:
    """Return what runs where no option can name an engine, and a sentence where that is not what the settings name.

    Args:
        what: as the sentence calls it, such as "a recorded run".
        lessons: whether lessons are asked for, which the settings' engine runs where it runs the model that ships.
    """
    usual = engine_given(None, None, None, None)
    if usual == OURS or (lessons and not usual.runs_checkpoint):
        return usual, ""
    named = clean_text(str(usual.model) if usual.model is not None else usual.said, 60)
    return OURS, f"{what} opens with the model that ships with tdiff, and not with {named} of the settings"
