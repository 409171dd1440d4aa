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

from tdiff.provenance.a1111_settings import find_settings
from tdiff.recipe import Recipe
from tdiff.samplers import SAMPLERS
from tdiff.text import clean_text

LIMIT: Final = 32768
"""Characters of a `parameters` text that are looked at."""

_NEGATIVE: Final = "Negative prompt:"
_NEGATIVE_LINE: Final = re.compile(rf"^[ \t]*({_NEGATIVE})", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Parameters:
    """A `parameters` text taken apart. Everything is cleaned; nothing is checked against our own ranges.

    Attributes:
        prompt, negative: as written, lines joined by line feeds.
        settings: the pairs of its settings, in their order; the first of a name counts.
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
    if recipe.guidance_start:
        settings["Skip Early CFG"] = f"{recipe.guidance_start:.12g}"
    if recipe.model is not None:
        settings["Model hash"] = recipe.model[:10]
    if recipe.model_name is not None:
        settings["Model"] = recipe.model_name
    if recipe.start is not None:
        settings["Denoising strength"] = f"{recipe.start.strength:.12g}"
    if recipe.eta:
        settings[f"Eta {sampler.a1111_name}"] = f"{recipe.eta:.12g}"
    settings["Version"] = f"tdiff {version}"
    return "\n".join([*lines, ", ".join(f"{name}: {_quoted(value)}" for name, value in settings.items())])


def parse_parameters(text: str) -> Parameters:
    """Take a `parameters` text apart; any text is accepted, and what has no meaning in it is prompt.

    Extensions of the web UI add lines below the settings (`Template: …`), and some tools lose the line breaks.

    Args:
        text: as found in a file; what lies beyond LIMIT characters is dropped.
    """
    whole = clean_text(text.replace("\r\n", "\n").replace("\r", "\n"), LIMIT, newlines=True)
    start, settings = find_settings(whole)
    words = whole[:start].rstrip()
    marks = [found.start(1) for found in _NEGATIVE_LINE.finditer(words)]
    # The first line is the prompt even if it begins like this, provided that a later line is the negative.
    later = (mark for mark in marks if "\n" in words[:mark])
    at = next(later, marks[0] if marks else len(words))
    if settings and whole[:start].rpartition("\n")[2].strip() and not marks:  # the line breaks were lost
        at = words.find(f" {_NEGATIVE}") % (len(words) + 1)
    return Parameters(words[:at].strip(), words[at:].strip().removeprefix(_NEGATIVE).strip(), settings)


def one_line(text: str) -> str:
    """Return a prompt on one line, without control characters (PNG text may not hold NUL)."""
    return clean_text(re.sub(r"[\r\n]+", " ", text)).strip()


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if any(mark in value for mark in ',:\n"') else value


def _whole(text: str | None) -> int | None:
    if text is None or not re.fullmatch(r"-?[0-9]{1,20}", text):
        return None
    return int(text)


def _finite(text: str | None) -> float | None:
    if text is None or not re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None
