"""Recipes as JSON: strict on the way in, stable on the way out."""

import json
from dataclasses import dataclass, fields
from typing import Any, Final

from tdiff.errors import RecipeError
from tdiff.recipe.model import SCHEMA, Recipe, StartPicture, Switch
from tdiff.strict_json import JsonError, parse_object
from tdiff.text import clean_text

SIZE_LIMIT: Final = 256 * 1024
"""Largest recipe file in bytes."""


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
            f"this recipe has schema version {str(version)[:12]}, not {SCHEMA}",
            "schema",
            remedy="use the tdiff that wrote it",
        )
    known = {field.name for field in fields(Recipe)}
    unknown = sorted(set(content) - known)
    values = {name: content[name] for name in known if name in content}
    values.setdefault("guidance_start", 0.0)  # what wrote no start knew only guidance from the first step on
    if "start" in values and values["start"] is not None:
        values["start"] = _start(values["start"])
    if "switches" in values:
        values["switches"] = _switches(values["switches"])
    warnings = tuple(f'the recipe\'s field "{clean_text(name, 60)}" is not known and was left out' for name in unknown)
    return ReadRecipe(Recipe(**values), warnings)


def _parse(text: str | bytes) -> dict[str, Any]:
    try:
        return parse_object(text, "recipe", SIZE_LIMIT, '{"schema": 1, "prompt": "a red apple"}')
    except JsonError as error:
        raise RecipeError(error.message, error.field, remedy=error.remedy) from error


def _start(value: Any) -> StartPicture:
    if not isinstance(value, dict) or set(value) != {"sha256", "strength"}:
        raise RecipeError('start must have exactly the fields "sha256" and "strength"', "start")
    return StartPicture(**value)


def _switches(value: Any) -> tuple[Switch, ...]:
    if not isinstance(value, list):
        raise RecipeError("switches must be a list", "switches")
    return tuple(map(_switch, value))


def _switch(item: Any) -> Switch:
    """Read a switch; files from before steps were counted from 1 have an index, "step", in place of "from_step"."""
    if not isinstance(item, dict) or not set(item) <= {"step", "from_step", "prompt", "negative"}:
        raise RecipeError('each switch has "from_step" and "prompt" or "negative", and nothing else', "switches")
    texts = {name: item[name] for name in ("prompt", "negative") if name in item}
    if "step" in item and "from_step" not in item:
        return Switch(item["step"], **texts)
    first = item.get("from_step")
    if "step" in item or isinstance(first, bool) or not isinstance(first, int) or first < 1:
        raise RecipeError('"from_step" of a switch must be a whole number from 1 up', "switches")
    return Switch(first - 1, **texts)


def _switch_content(switch: Switch) -> dict[str, Any]:
    content: dict[str, Any] = {"from_step": switch.step + 1}
    if switch.prompt is not None:
        content["prompt"] = switch.prompt
    if switch.negative is not None:
        content["negative"] = switch.negative
    return content
