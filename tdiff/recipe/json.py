"""Recipes as JSON: strict on the way in, stable on the way out."""

import json
from dataclasses import dataclass, fields
from typing import Any, Final

from tdiff.errors import RecipeError
from tdiff.recipe.model import SCHEMA, Recipe, StartPicture, Switch
from tdiff.text import clean_text

SIZE_LIMIT: Final = 256 * 1024
"""Largest recipe file in bytes."""

_DEPTH_LIMIT = 8


@dataclass(frozen=True, slots=True)
class ReadRecipe:
    """A recipe that was read, and what was odd about it.

    Attributes:
        recipe: the recipe.
        warnings: one sentence for each field that is not known and was left out.
    """

    recipe: Recipe
    warnings: tuple[str, ...] = ()


def to_json(recipe: Recipe) -> str:
    """Return a recipe as JSON text with its schema version; fields at rest (None, no switches) are left out."""
    content: dict[str, Any] = {"schema": SCHEMA}
    for field in fields(Recipe):
        value = getattr(recipe, field.name)
        if field.name == "start" and value is not None:
            content["start"] = {"sha256": value.sha256, "strength": value.strength}
        elif field.name == "switches":
            if value:
                content["switches"] = [_switch_content(switch) for switch in value]
        elif value is not None:
            content[field.name] = value
    return json.dumps(content, ensure_ascii=False, indent=2)


def from_json(text: str | bytes) -> ReadRecipe:
    """Read a recipe.

    Args:
        text: JSON, at most 256 kB, UTF-8.

    Raises:
        RecipeError: it is not JSON, holds duplicate keys or numbers that are not finite, is of another
            schema version, or has a field of the wrong type or out of range.
    """
    content = _parse(text)
    version = content.pop("schema", None)
    if isinstance(version, bool) or not isinstance(version, int):
        raise RecipeError('this is no tdiff recipe: the field "schema" with a version number is missing', "schema")
    if version != SCHEMA:
        raise RecipeError(
            f"this recipe has schema version {str(version)[:12]}, not {SCHEMA}: use the tdiff that wrote it",
            "schema",
        )
    known = {field.name for field in fields(Recipe)}
    unknown = sorted(set(content) - known)
    values = {name: content[name] for name in known if name in content}
    if "start" in values and values["start"] is not None:
        values["start"] = _start(values["start"])
    if "switches" in values:
        values["switches"] = _switches(values["switches"])
    warnings = tuple(f'the recipe\'s field "{clean_text(name, 60)}" is not known and was left out' for name in unknown)
    return ReadRecipe(Recipe(**values), warnings)


def _parse(text: str | bytes) -> dict[str, Any]:
    if len(text) > SIZE_LIMIT:
        raise RecipeError(f"a recipe is at most {SIZE_LIMIT // 1024} kB, this has {len(text) // 1024} kB")
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        if decoded.count("[") + decoded.count("{") > SIZE_LIMIT // 64 or _depth(decoded) > _DEPTH_LIMIT:
            raise RecipeError("this recipe is nested far deeper than any recipe is: it was not written by tdiff")
        content = json.loads(decoded, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise RecipeError("this recipe is not UTF-8 text: save it as UTF-8") from error
    except (json.JSONDecodeError, RecursionError) as error:
        place = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise RecipeError(f"this recipe is not JSON{place}: mend it, or export it again") from error
    except ValueError as error:  # an integer of thousands of digits
        raise RecipeError("a number in this recipe is too long to be one of ours: mend it") from error
    if not isinstance(content, dict):
        raise RecipeError('a recipe is a JSON object such as {"schema": 1, "prompt": "a red apple"}')
    return content


def _depth(text: str) -> int:
    """Deepest nesting of brackets outside strings, before any parser recurses into them."""
    depth = deepest = 0
    quoted = escaped = False
    for character in text:
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RecipeError(f'the recipe has the field "{clean_text(twice, 60)}" twice: keep one', clean_text(twice, 60))
    return content


def _no_constant(name: str) -> float:
    raise RecipeError(f"{name} is not a number that a recipe may hold: give a finite one")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise RecipeError(f"{clean_text(text, 20)} is too large for a recipe: give a smaller number")
    return value


def _start(value: Any) -> StartPicture:
    if not isinstance(value, dict) or set(value) != {"sha256", "strength"}:
        raise RecipeError('start must have exactly the fields "sha256" and "strength"', "start")
    return StartPicture(**value)


def _switches(value: Any) -> tuple[Switch, ...]:
    if not isinstance(value, list):
        raise RecipeError("switches must be a list", "switches")
    for item in value:
        if not isinstance(item, dict) or "step" not in item or not set(item) <= {"step", "prompt", "negative"}:
            raise RecipeError('each switch has "step" and "prompt" or "negative", and nothing else', "switches")
    return tuple(Switch(**item) for item in value)


def _switch_content(switch: Switch) -> dict[str, Any]:
    content: dict[str, Any] = {"step": switch.step}
    if switch.prompt is not None:
        content["prompt"] = switch.prompt
    if switch.negative is not None:
        content["negative"] = switch.negative
    return content
