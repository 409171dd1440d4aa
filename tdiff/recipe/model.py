"""The one frozen value that says how a picture came to be."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from dataclasses import replace as _replace
from itertools import pairwise
from typing import Any, Final

from tdiff.defaults import GUIDANCE, GUIDANCE_START, SAMPLER, STEPS
from tdiff.errors import RecipeError
from tdiff.samplers import SAMPLERS, eta_takers
from tdiff.text import clean_text

SCHEMA: Final = 1
GUIDANCE_RANGE: Final = (-2.0, 15.0)
STEPS_RANGE: Final = (1, 1000)
SEED_RANGE: Final = (0, 2**63 - 1)
TEXT_LIMIT: Final = 2000
SWITCH_LIMIT: Final = 64
MAKER_LIMIT: Final = 60
"""Characters of a model's, an engine's or a dtype's name."""
FIRST_PROMPT: Final = "a blue frog on a yellow background"
FIRST_SEED: Final = 1
"""What the explorer and the lessons begin with. Of ten seeds tried, this noise turns into the named thing for the
most nouns: all but 5 of the 215 with the weights that ship, where an unlucky one misses 32."""


@dataclass(frozen=True, slots=True)
class StartPicture:
    """A picture that denoising started from (SDEdit, Meng et al. 2022).

    Attributes:
        sha256: of its 32×32 pixels as used, 64 hex digits: the picture itself is not in the recipe.
        strength: how much of it is noised away, above 0 and at most 1.
    """

    sha256: str
    strength: float

    def __post_init__(self) -> None:
        _check_hex("start.sha256", self.sha256, 64)
        object.__setattr__(self, "strength", _number("strength", self.strength, 0.0, 1.0, "above 0 and at most 1"))
        if self.strength == 0:
            raise RecipeError("strength must be above 0 and at most 1: 0 would change nothing", "strength")


@dataclass(frozen=True, slots=True)
class Switch:
    """From this step on another prompt or negative; None keeps the one before.

    Attributes:
        step: first step with the new text, as an index: files, commands and screens count from 1.
        prompt, negative: the new texts.
    """

    step: int
    prompt: str | None = None
    negative: str | None = None

    def __post_init__(self) -> None:
        _check_int("switches.step", self.step, 0, STEPS_RANGE[1] - 1)
        if self.prompt is None and self.negative is None:
            raise RecipeError("a switch needs a prompt or a negative to switch to", "switches")
        for name in ("prompt", "negative"):
            if getattr(self, name) is not None:
                _check_text(f"switches.{name}", getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a picture came to be. Every value is checked when the recipe is made.

    Attributes:
        prompt: what to show; "" for nothing in particular.
        negative: what to steer away from; "" for the empty prompt.
        guidance: w, -2 … 15. 0 ignores the prompt, 1 is plain conditional.
        guidance_start: share of the run that passes before guidance sets in, 0 … 1; until then no w is above 1.
        steps: 1 … 1000.
        sampler: a name in `tdiff.samplers.SAMPLERS`.
        eta: 0 … 1, noise that ddim adds; 0 for every sampler that takes none.
        clip: whether the clean guess is kept within [-1, 1] while sampling.
        seed: 0 … 2^63 - 1, of the starting noise.
        start: the picture it started from, or None for pure noise.
        switches: prompts or negatives that change on the way, by rising step.
        watermark: id of the key hidden in the starting noise, or None.
        model: hash of the weights that made it, or None where it was not made yet.
        model_name: what those weights are called, such as "sprite-32"; None where that is not known.
        engine: what ran them, such as "torch"; likewise.
        dtype: the numbers that it computed in, such as "float16"; likewise.

    Raises:
        RecipeError: a value is of the wrong type or out of range.
    """

    prompt: str = ""
    negative: str = ""
    guidance: float = GUIDANCE
    guidance_start: float = GUIDANCE_START
    steps: int = STEPS
    sampler: str = SAMPLER
    eta: float = 0.0
    clip: bool = True
    seed: int = 0
    start: StartPicture | None = None
    switches: tuple[Switch, ...] = ()
    watermark: str | None = None
    model: str | None = None
    model_name: str | None = None
    engine: str | None = None
    dtype: str | None = None

    def __post_init__(self) -> None:
        _check_text("prompt", self.prompt)
        _check_text("negative", self.negative)
        object.__setattr__(self, "guidance", _number("guidance", self.guidance, *GUIDANCE_RANGE))
        object.__setattr__(self, "guidance_start", _number("guidance_start", self.guidance_start, 0.0, 1.0))
        _check_int("steps", self.steps, *STEPS_RANGE)
        if not isinstance(self.sampler, str) or self.sampler not in SAMPLERS:
            raise RecipeError(f"sampler must be one of {', '.join(SAMPLERS)}, not {_short(self.sampler)}", "sampler")
        object.__setattr__(self, "eta", _number("eta", self.eta, 0.0, 1.0))
        if self.eta and not SAMPLERS[self.sampler].takes_eta:
            takers = eta_takers()
            raise RecipeError(
                f"eta belongs to {takers} and {self.sampler} has none",
                "eta",
                remedy=f"leave it at 0 or choose {takers}",
            )
        if not isinstance(self.clip, bool):
            raise RecipeError(f"clip must be true or false, not {_short(self.clip)}", "clip")
        _check_int("seed", self.seed, *SEED_RANGE)
        if self.start is not None and not isinstance(self.start, StartPicture):
            raise RecipeError(f"start must be a start picture or nothing, not {_short(self.start)}", "start")
        self._check_switches()
        for name, longest in (("watermark", 64), ("model", 64)):
            value = getattr(self, name)
            if value is not None:
                _check_hex(name, value, longest, exact=False)
        for name in ("model_name", "engine", "dtype"):
            if getattr(self, name) is not None:
                _check_name(name, getattr(self, name))

    def texts(self) -> dict[int, tuple[str, str]]:
        """Prompt and negative by the first step they hold at, rising from 0; a switch may name only one of the two."""
        prompt, negative = self.prompt, self.negative
        found = {0: (prompt, negative)}
        for switch in self.switches:
            prompt = prompt if switch.prompt is None else switch.prompt
            negative = negative if switch.negative is None else switch.negative
            found[switch.step] = prompt, negative
        return found

    def _check_switches(self) -> None:
        if not isinstance(self.switches, tuple) or not all(isinstance(s, Switch) for s in self.switches):
            raise RecipeError(f"switches must be a tuple of switches, not {_short(self.switches)}", "switches")
        if len(self.switches) > SWITCH_LIMIT:
            raise RecipeError(f"at most {SWITCH_LIMIT} switches are allowed, not {len(self.switches)}", "switches")
        steps = [switch.step for switch in self.switches]
        if any(after <= before for before, after in pairwise(steps)):
            raise RecipeError(f"switches must come at rising steps, not {steps}", "switches")
        if steps and steps[-1] >= self.steps:
            raise RecipeError(
                f"a switch at step {steps[-1] + 1} never happens in {self.steps} steps",
                "switches",
                remedy="choose another",
            )

    def replace(self, **changes: Any) -> "Recipe":
        """Return a copy with some fields changed, checked again."""
        return _replace(self, **changes)

    def without_maker(self) -> "Recipe":
        """Return a copy that says nothing of the model that made it, nor of what ran that."""
        return self.replace(model=None, model_name=None, engine=None, dtype=None)

    def with_sampler(self, name: str) -> "Recipe":
        """Return a copy with another sampler, and without η where that takes none."""
        eta = self.eta if name in SAMPLERS and SAMPLERS[name].takes_eta else 0.0
        return self.replace(sampler=name, eta=eta)


def differences(a: Recipe, b: Recipe) -> Mapping[str, tuple[Any, Any]]:
    """Return field → (value in a, value in b) for the fields that differ."""
    pairs = {field.name: (getattr(a, field.name), getattr(b, field.name)) for field in fields(Recipe)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _check_text(field: str, value: object) -> None:
    if not isinstance(value, str):
        raise RecipeError(f"{field} must be text, not {_short(value)}", field)
    if len(value) > TEXT_LIMIT:
        raise RecipeError(f"{field} has {len(value)} characters, {TEXT_LIMIT} are allowed", field, remedy="shorten it")
    if "\0" in value:
        raise RecipeError(f"{field} holds a NUL character, which no text needs", field, remedy="take it out")
    if any(0xD800 <= ord(character) <= 0xDFFF for character in value):
        raise RecipeError(f"{field} holds half of a character pair, which is no text", field, remedy="type it again")


def _check_name(field: str, value: object) -> None:
    _check_text(field, value)
    if not isinstance(value, str) or not 0 < len(value) <= MAKER_LIMIT or clean_text(value) != value:
        raise RecipeError(f"{field} must be a name of 1 to {MAKER_LIMIT} plain characters, not {_short(value)}", field)


def _check_int(field: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise RecipeError(f"{field} must be a whole number from {low} to {high}, not {_short(value)}", field)
    if not low <= value <= high:
        raise RecipeError(f"{field} must be from {low} to {high}, not {_short(value)}", field)


def _number(field: str, value: object, low: float, high: float, allowed: str = "") -> float:
    allowed = allowed or f"from {low:g} to {high:g}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RecipeError(f"{field} must be a number {allowed}, not {_short(value)}", field)
    if not low <= value <= high or not math.isfinite(value):  # NaN fails the comparison too
        raise RecipeError(f"{field} must be {allowed}, not {_short(value)}", field)
    return float(value)


def _check_hex(field: str, value: object, length: int, exact: bool = True) -> None:
    text = value if isinstance(value, str) else ""
    fits = len(text) == length if exact else 4 <= len(text) <= length
    if not fits or any(character not in "0123456789abcdef" for character in text):
        wanted = f"{length}" if exact else f"4 to {length}"
        raise RecipeError(f"{field} must be {wanted} lower-case hex digits, not {_short(value)}", field)


def _short(value: object) -> str:
    """A value as it may be shown in a message: cleaned and never long."""
    try:
        text = repr(value)
    except ValueError:  # an integer too long to print
        text = "a number with thousands of digits"
    return clean_text(text if len(text) <= 60 else text[:57] + "…")
