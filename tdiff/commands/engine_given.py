"""Which engine a command runs: what its options say, or else the settings."""

from pathlib import Path

from tdiff.engines.choice import OURS, EngineChoice


def engine_given(engine: str | None, model: Path | None, device: str | None, dtype: str | None) -> EngineChoice:
    """Return the choice of a command line; where no option makes one, that of the settings.

    Args:
        engine: an option, as are the others; None for one that was left out.
        model: a folder.
        device: such as cuda.
        dtype: such as float16.
    """
    chosen = EngineChoice(engine, model, device, dtype)
    if chosen != OURS:
        return chosen
    from tdiff.store.config import config_or_defaults

    usual = config_or_defaults().engine
    folder = Path(usual.model).expanduser() if usual.model else None
    return EngineChoice(usual.name or None, folder, usual.device or None, usual.dtype or None)
