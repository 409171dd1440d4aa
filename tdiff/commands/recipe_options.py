"""The fields of a recipe as options of a command give them."""

import os
from contextlib import suppress
from dataclasses import dataclass, fields

from tdiff.encodings import BYTE_ORDER_MARK
from tdiff.recipe import Recipe, Switch


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeOptions:
    """What was said of a recipe on the command line: for each field its value, None where the option was left out."""

    prompt: str | None = None
    negative: str | None = None
    guidance: float | None = None
    guidance_start: float | None = None
    steps: int | None = None
    sampler: str | None = None
    eta: float | None = None
    seed: int | None = None
    clip: bool | None = None
    watermark: str | None = None
    switches: tuple[Switch, ...] | None = None

    def onto(self, recipe: Recipe) -> Recipe:
        """Return a recipe with every option that was given on top.

        Texts lose the byte order marks that come with files, as in `tdiff generate "$(cat prompt.txt)"`.

        Raises:
            RecipeError: a value is out of range.
        """
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return recipe.replace(**{name: _plain(value) for name, value in given.items() if value is not None})


def _plain(value: object) -> object:
    """A text without byte order marks, read as UTF-8 where the locale knows ASCII only; anything else as it is."""
    if not isinstance(value, str):
        return value
    if not value.isascii():
        with suppress(UnicodeError):
            value = os.fsencode(value).decode()
    return value.replace(BYTE_ORDER_MARK, "")
