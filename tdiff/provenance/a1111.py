"""The `parameters` text that AUTOMATIC1111's web UI began and most image tools read.

    prompt, on one or more lines
    Negative prompt: what to avoid
    Steps: 20, Sampler: DDIM, CFG scale: 4, Seed: 7, Size: 32x32, Model hash: 0123456789

There is no escaping of the prompts, so a line that only looks like a part of the form can be one of a
prompt: what is read is a claim to show, not a recipe to run.
"""

import json
import math
import re
from dataclasses import dataclass
from typing import Final

from tdiff.recipe import Recipe
from tdiff.samplers import SAMPLERS
from tdiff.text import clean_text

LIMIT: Final = 8192
"""Characters of a `parameters` text that are looked at."""

_NEGATIVE: Final = "Negative prompt:"
_FEWEST_SETTINGS: Final = 2  # a last line with fewer "name: value" pairs is taken for prompt
_MOST_SETTINGS: Final = 64
_NAME: Final = re.compile(r"[A-Za-z0-9][\w \-/+.()]{0,59}")


@dataclass(frozen=True, slots=True)
class Parameters:
    """A `parameters` text taken apart. Everything is cleaned; nothing is checked against our own ranges.

    Attributes:
        prompt, negative: as written, lines joined by line feeds.
        settings: the pairs of the last line, in their order; the first of a name counts.
    """

    prompt: str = ""
    negative: str = ""
    settings: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str | None:
        """Return a setting by its name, whatever its case, or None."""
        return next((value for key, value in self.settings if key.lower() == name.lower()), None)

    @property
    def steps(self) -> int | None:
        """Number of steps, where it is one."""
        return _whole(self.get("Steps"))

    @property
    def seed(self) -> int | None:
        """Seed, where it is a whole number."""
        return _whole(self.get("Seed"))

    @property
    def guidance(self) -> float | None:
        """CFG scale, where it is a finite number."""
        return _finite(self.get("CFG scale"))

    @property
    def sampler(self) -> str | None:
        """Name of the sampler, as in our recipes where it is one of ours."""
        written = self.get("Sampler")
        ours = {sampler.a1111_name.lower(): name for name, sampler in SAMPLERS.items()}
        return ours.get(written.lower(), written) if written is not None else None


def write_parameters(recipe: Recipe, version: str, size: tuple[int, int] = (32, 32), keep_prompt: bool = True) -> str:
    """Return the `parameters` text of a recipe.

    Args:
        recipe: how the picture was made.
        version: of tdiff.
        size: width and height that the model works at.
        keep_prompt: off leaves prompt and negative out.
    """
    prompt = one_line(recipe.prompt) if keep_prompt else ""
    negative = one_line(recipe.negative) if keep_prompt else ""
    lines = [prompt]
    # A prompt that itself begins like this would be read as the negative if no other line did.
    if negative or prompt.startswith(_NEGATIVE):
        lines.append(f"{_NEGATIVE} {negative}")
    sampler = SAMPLERS[recipe.sampler]
    settings = {
        "Steps": str(recipe.steps),
        "Sampler": sampler.a1111_name,
        "CFG scale": f"{recipe.guidance:.12g}",
        "Seed": str(recipe.seed),
        "Size": f"{size[0]}x{size[1]}",
    }
    if recipe.model is not None:
        settings["Model hash"] = recipe.model[:10]
    if recipe.start is not None:
        settings["Denoising strength"] = f"{recipe.start.strength:.12g}"
    if recipe.eta:
        settings[f"Eta {sampler.a1111_name}"] = f"{recipe.eta:.12g}"
    settings["Version"] = f"tdiff {version}"
    return "\n".join([*lines, ", ".join(f"{name}: {_quoted(value)}" for name, value in settings.items())])


def parse_parameters(text: str) -> Parameters:
    """Take a `parameters` text apart; any text is accepted, and what has no meaning in it is prompt.

    Args:
        text: as found in a file; what lies beyond LIMIT characters is dropped.
    """
    lines = clean_text(text.replace("\r\n", "\n").replace("\r", "\n"), LIMIT, newlines=True).split("\n")
    while len(lines) > 1 and not lines[-1].strip():
        lines.pop()
    settings = _settings(lines[-1])
    if len(settings) >= _FEWEST_SETTINGS:
        lines.pop()
    else:
        settings = ()
    negatives = [number for number, line in enumerate(lines) if line.lstrip().startswith(_NEGATIVE)]
    # The first line is the prompt even if it begins like this, provided that a later line is the negative.
    start = next((n for n in negatives if n > 0), negatives[0] if negatives else len(lines))
    negative = "\n".join(lines[start:]).strip().removeprefix(_NEGATIVE)
    return Parameters("\n".join(lines[:start]).strip(), negative.strip(), settings)


def one_line(text: str) -> str:
    """Return a prompt on one line, without control characters (PNG text may not hold NUL)."""
    return clean_text(re.sub(r"[\r\n]+", " ", text)).strip()


def _settings(line: str) -> tuple[tuple[str, str], ...]:
    """Read "name: value, name: value"; () if a part of it is none, since then it is prose."""
    pairs: dict[str, str] = {}
    for part in _split(line):
        name, colon, value = part.partition(":")
        if not colon or not _NAME.fullmatch(name.strip()):
            return ()
        pairs.setdefault(name.strip(), _unquoted(value.strip()))
    return tuple(pairs.items())[:_MOST_SETTINGS]


def _split(line: str) -> list[str]:
    """Split at commas outside of quoted values, leaving out empty parts."""
    parts: list[str] = []
    part: list[str] = []
    quoted = escaped = False
    for character in line:
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == ",":
            parts.append("".join(part))
            part = []
            continue
        elif character == '"':
            quoted = "".join(part).rstrip().endswith(":")  # only a whole value is quoted
        part.append(character)
    return [part for part in [*parts, "".join(part)] if part.strip()]


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if any(mark in value for mark in ',:\n"') else value


def _unquoted(value: str) -> str:
    if len(value) < 2 or not (value.startswith('"') and value.endswith('"')):
        return value
    try:
        read = json.loads(value)
    except ValueError:
        return value
    return clean_text(read)


def _whole(text: str | None) -> int | None:
    if text is None or not re.fullmatch(r"-?[0-9]{1,20}", text):
        return None
    return int(text)


def _finite(text: str | None) -> float | None:
    if text is None or not re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None
