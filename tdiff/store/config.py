"""The settings: every one typed, defaulted and explained, read from `config.toml` in the user's XDG folder."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from tdiff.defaults import GUIDANCE, GUIDANCE_START, SAMPLER, STEPS
from tdiff.encodings import decode_text
from tdiff.errors import ConfigError
from tdiff.paths import user_dirs
from tdiff.reading import ReadError, read_file
from tdiff.recipe import GUIDANCE_RANGE, STEPS_RANGE
from tdiff.samplers import SAMPLERS
from tdiff.text import clean_text

_SIZE_LIMIT = 64 * 1024
_EXACT = 2**53  # whole numbers up to this are the same as floats


@dataclass(frozen=True, slots=True)
class Appearance:
    """[appearance]"""

    theme: str = ""
    """A Textual theme, such as "textual-light" or "nord"; the palette lists all. "": what was chosen last."""
    color: str = "auto"
    """Colour depth: auto, true, 256, 16, mono or ascii."""
    reduced_motion: bool = False
    """Show results without the steps in between, and no animation."""
    mouse: str = "auto"
    """on, off, or auto: off over SSH, since a dropped connection leaves the mouse on."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """[sampling]: what a new bench begins with."""

    sampler: str = SAMPLER
    """A name in the catalogue of samplers (`tdiff.samplers`)."""
    steps: int = STEPS
    """1 … 1000."""
    guidance: float = GUIDANCE
    """-2 … 15."""
    guidance_start: float = GUIDANCE_START
    """Share of the run before guidance sets in, 0 … 1."""


@dataclass(frozen=True, slots=True)
class EngineDefaults:
    """[engine]: what the explorer, generate, grid and eval run where no option of theirs names an engine."""

    name: str = ""
    """numpy, torch or diffusers; "" for diffusers where the model is a checkpoint of that, and numpy elsewhere."""
    model: str = ""
    """Folder of a model; "" for the one that ships with tdiff."""
    device: str = ""
    """cpu, cuda, cuda:1 or mps; "" for the best there is. Not for numpy."""
    dtype: str = ""
    """float32, float16 or bfloat16; "" for float32. Not for numpy."""
    low_memory: str = ""
    """slicing or offload, for checkpoints that the memory does not hold, whatever options say; "" for neither.
    slicing computes attention and decoding in parts; offload keeps on the GPU only what is at work."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """[privacy]"""

    keep_prompts: bool = True
    """Write prompts into exported pictures; the source type is written always."""
    history: bool = True
    """Remember what was made in the studio."""


@dataclass(frozen=True, slots=True)
class Config:
    """All settings.

    Attributes:
        keys: action name → key, for those that are not the default.
        warnings: what in the file was not understood; shown, never fatal.
    """

    appearance: Appearance = field(default_factory=Appearance)
    sampling: Sampling = field(default_factory=Sampling)
    engine: EngineDefaults = field(default_factory=EngineDefaults)
    privacy: Privacy = field(default_factory=Privacy)
    keys: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def keymap(self) -> dict[str, str]:
        """Action name → key or comma-separated keys."""
        return dict(self.keys)


def config_path() -> Path:
    """Where the settings are read from; it need not exist."""
    return user_dirs().config / "config.toml"


def load_config(path: Path | None = None) -> Config:
    """Read the settings; without a file all have their defaults, and so they have where it may not be read.

    Unknown names are kept as warnings. A value of the wrong type or out of range is refused.

    Raises:
        ConfigError: what is there is no file, is not TOML, or holds a value that is not allowed.
    """
    place = config_path() if path is None else path
    shown = clean_text(str(place), 200)
    try:
        raw = read_file(place, _SIZE_LIMIT, "a text file, or remove it")
    except ReadError as error:
        if error.missing:
            return Config()
        if error.denied:
            return Config(warnings=(f"the settings have their defaults, as {shown} may not be read",))
        raise ConfigError(error.message, remedy=error.remedy) from error
    try:
        content = tomllib.loads(decode_text(raw))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{shown} is not TOML ({clean_text(str(error), 100)})", remedy="mend or remove it") from error
    except RecursionError as error:
        raise ConfigError(f"{shown} is nested far deeper than settings are", remedy="mend or remove it") from error
    except ValueError as error:  # a number of thousands of digits
        raise ConfigError(f"{shown} holds a number too long to be a setting", remedy="mend or remove it") from error
    return parse_config(content, shown)


def config_or_defaults(path: Path | None = None) -> Config:
    """Read the settings as `load_config` does; where that refuses, go on with defaults and the reason as a warning.

    Nobody knows then what the privacy settings would have been, so the stricter ones hold.
    """
    try:
        return load_config(path)
    except ConfigError as error:
        reason = f"{error}; until then all settings have their defaults, and neither prompts nor a history are kept"
        return Config(privacy=Privacy(keep_prompts=False, history=False), warnings=(reason,))


def parse_config(content: Mapping[str, Any], name: str = "the settings") -> Config:
    """Check settings that were read.

    Raises:
        ConfigError: a value is of the wrong type or out of range.
    """
    warnings: list[str] = []
    sections: dict[str, Any] = {}
    kinds = {"appearance": Appearance, "sampling": Sampling, "engine": EngineDefaults, "privacy": Privacy}
    for section, kind in kinds.items():
        sections[section] = _section(section, kind, content.get(section, {}), name, warnings)
    keys = _keys(content.get("keys", {}), name)
    for unknown in content.keys() - {*sections, "keys"}:
        warnings.append(f"{name}: [{clean_text(unknown, 40)}] is not a section of the settings")
    config = Config(**sections, keys=keys, warnings=tuple(warnings))
    _check(config, name)
    return config


def _section(section: str, kind: Any, given: Any, name: str, warnings: list[str]) -> Any:
    if not isinstance(given, Mapping):
        raise ConfigError(f"{name}: {section} must be a section, written [{section}]")
    known = {item.name: item for item in fields(kind)}
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            warnings.append(f"{name}: {section}.{clean_text(key, 40)} is not a setting")
            continue
        wanted = type(getattr(kind(), key))
        if wanted is float and type(value) is int and abs(value) <= _EXACT:
            value = float(value)
        if type(value) is not wanted:
            kinds = {str: "text in quotes", bool: "true or false", int: "a whole number", float: "a number"}
            raise ConfigError(f"{name}: {section}.{key} must be {kinds[wanted]}, not {_short(value)}")
        values[key] = value
    return kind(**values)


def _keys(given: Any, name: str) -> dict[str, str]:
    if not isinstance(given, Mapping) or not all(isinstance(value, str) and value for value in given.values()):
        raise ConfigError(f'{name}: [keys] holds lines such as step = "space"')
    return {clean_text(key, 40): clean_text(value, 60) for key, value in given.items()}


def _check(config: Config, name: str) -> None:
    def one_of(field_name: str, value: str, allowed: tuple[str, ...]) -> None:
        if value not in allowed:
            raise ConfigError(f"{name}: {field_name} must be one of {', '.join(allowed)}, not {clean_text(value, 40)}")

    def within(field_name: str, value: float, low: float, high: float) -> None:
        if not low <= value <= high:
            raise ConfigError(f"{name}: {field_name} must be from {low:g} to {high:g}, not {_short(value)}")

    one_of("appearance.color", config.appearance.color, ("auto", "true", "256", "16", "mono", "ascii"))
    one_of("appearance.mouse", config.appearance.mouse, ("auto", "on", "off"))
    one_of("sampling.sampler", config.sampling.sampler, tuple(SAMPLERS))
    one_of("engine.name", config.engine.name, ("", "numpy", "torch", "diffusers"))
    one_of("engine.dtype", config.engine.dtype, ("", "float32", "float16", "bfloat16"))
    one_of("engine.low_memory", config.engine.low_memory, ("", "slicing", "offload"))
    within("sampling.steps", config.sampling.steps, *STEPS_RANGE)
    within("sampling.guidance", config.sampling.guidance, *GUIDANCE_RANGE)
    within("sampling.guidance_start", config.sampling.guidance_start, 0, 1)


def _short(value: object) -> str:
    """A value as messages show it."""
    try:
        return clean_text(f"{value:g}" if type(value) is float else repr(value), 40)
    except ValueError:  # a whole number, written in hex, of more digits than Python prints
        return "a number of thousands of digits"
    except RecursionError:
        return "something nested"
