"""Which model is run, and by what: as the command line, the settings and Python name it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tdiff.errors import UsageError, WeightsError
from tdiff.recipe.command import quoted
from tdiff.text import clean_text

if TYPE_CHECKING:
    from tdiff.engines.model import Model


ENGINES: Final = ("numpy", "torch", "diffusers")


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """A model and what runs it.

    Attributes:
        engine: one of ENGINES; None for diffusers where the model is such a checkpoint, and numpy elsewhere.
        model: a folder: of ours (manifest.json) or of diffusers (model_index.json); None for what ships with tdiff.
        device: cpu, cuda, cuda:1, mps; None for the best there is. Not for numpy.
        dtype: float32, float16 or bfloat16; None for float32. Not for numpy.
        low_memory: slicing or offload, for checkpoints alone; None for neither. It is a matter of the machine, and of
            no picture, so that no command names it.
    """

    engine: str | None = None
    model: Path | None = None
    device: str | None = None
    dtype: str | None = None
    low_memory: str | None = None

    @property
    def runs_checkpoint(self) -> bool:
        """Whether the model is a checkpoint of diffusers, and not one of ours."""
        return self._engine == "diffusers"

    def options(self) -> tuple[str, ...]:
        """The words of a command that name this choice, none for the model that ships with tdiff, run by numpy."""
        given = (("model", self.model), ("engine", self.engine), ("device", self.device), ("dtype", self.dtype))
        return tuple(word for name, value in given if value is not None for word in (f"--{name}", quoted(str(value))))

    @property
    def said(self) -> str:
        """What runs the model, such as "torch cuda float16"."""
        return " ".join(part for part in (self._engine, self.device, self.dtype) if part)

    def check(self) -> None:
        """Refuse what can be known to fail before anything heavy is imported.

        Raises:
            UsageError: options that do not go together, or an engine that is not installed.
            WeightsError: the model's folder is none, or not of a kind that is supported.
        """
        _check(self)
        if self.runs_checkpoint and self.model is not None:
            from tdiff.engines.checkpoint import read_checkpoint

            read_checkpoint(self.model)
        if self._engine != "numpy":
            from tdiff.engines.devices import require

            require(self._engine)

    @property
    def _engine(self) -> str:
        plain = _is_checkpoint(self.model) or _is_single(self.model)
        return self.engine or ("diffusers" if plain else "numpy")


OURS: Final = EngineChoice()
"""The model that ships with tdiff, run by numpy."""


def model_of(choice: EngineChoice) -> "Model":
    """Return the model that is chosen.

    Raises:
        UsageError: options that do not go together, or an engine, device or dtype that is not to be had here.
        WeightsError: the model's files are missing or damaged.
    """
    _check(choice)
    if choice._engine == "numpy":
        from tdiff.engines.sprite import sprite_model

        return sprite_model(choice.model)
    if choice._engine == "torch":
        from tdiff.engines.torch_sprite import torch_model

        return torch_model(choice.model, choice.device, choice.dtype)
    from tdiff.engines.diffusers_model import diffusers_model

    assert choice.model is not None
    return diffusers_model(choice.model, choice.device, choice.dtype, choice.low_memory)


def _check(choice: EngineChoice) -> None:
    """Refuse options that do not go together."""
    engine = choice._engine
    if choice.model is not None:
        _check_place(choice.model)
    if engine not in ENGINES:
        raise UsageError(f"--engine is one of {', '.join(ENGINES)}, not {clean_text(engine, 30)}")
    if engine == "numpy" and (choice.device not in (None, "cpu") or choice.dtype not in (None, "float32")):
        raise UsageError("numpy runs on the CPU in float32", remedy="choose --engine torch for another device or dtype")
    if engine != "diffusers":
        _refuse_checkpoint(choice.model, engine)
    elif choice.model is None:
        raise UsageError("the engine diffusers needs a checkpoint", remedy="give its folder with --model")


def _check_place(path: Path) -> None:
    """Refuse what holds no model of either kind."""
    shown = clean_text(str(path), 200)
    if not os.path.exists(path):
        raise WeightsError(f"there is no {shown}", remedy="give the folder of a model that is on this machine")
    if not os.access(path, os.R_OK | (os.X_OK if os.path.isdir(path) else 0)):
        raise WeightsError(f"{shown} may not be read", remedy="look at its permissions")
    if os.path.isdir(path) and not any(os.path.isfile(path / name) for name in ("model_index.json", "manifest.json")):
        raise WeightsError(
            f"{shown} holds no model: neither model_index.json, as a checkpoint of diffusers does, nor manifest.json",
            remedy="give the folder in which one of them lies",
        )


def _is_checkpoint(folder: Path | None) -> bool:
    # os.path answers no where a folder may not be read, and pathlib raises
    return folder is not None and os.path.isfile(folder / "model_index.json")


def _is_single(path: Path | None) -> bool:
    """A whole checkpoint in one file, which is refused with the way to convert it."""
    return path is not None and os.path.isfile(path)


def _refuse_checkpoint(folder: Path | None, engine: str) -> None:
    if _is_checkpoint(folder):
        raise UsageError(
            f"{clean_text(str(folder), 200)} is a checkpoint of diffusers, which {engine} cannot run",
            remedy="choose --engine diffusers, or a model of tdiff's own",
        )
