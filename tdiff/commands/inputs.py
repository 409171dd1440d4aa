"""Reading what a person hands in: recipes, pictures, lists of prompts; each once, since a pipe gives it only once."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tdiff.commands.console import say
from tdiff.commands.recipe_options import RecipeOptions
from tdiff.encodings import BYTE_ORDER_MARK, decode_text
from tdiff.errors import ImageError, UsageError
from tdiff.reading import ReadError, read_given, shown_name
from tdiff.recipe import TEXT_LIMIT, Recipe

if TYPE_CHECKING:
    from tdiff.provenance.recipe_file import FoundRecipe
    from tdiff.render.load import LoadedPicture

PROMPTS_LIMIT = 10_000
_PROMPTS_BYTES = PROMPTS_LIMIT * 400


@dataclass(frozen=True, slots=True)
class Given:
    """A file that was handed in: a picture, or a recipe.

    Attributes:
        path: as it was named.
        data: what is in it.
    """

    path: Path
    data: bytes

    @property
    def name(self) -> str:
        """What messages call it."""
        return shown_name(self.path)

    @property
    def is_picture(self) -> bool:
        """Whether it begins like a picture, whatever it is called."""
        from tdiff.provenance.containers import format_of

        return format_of(self.data) is not None

    @property
    def looks_like_text(self) -> bool:
        """Whether it may be a recipe's own file."""
        return self.data.lstrip(b" \t\r\n\xef\xbb\xbf\xff\xfe\0")[:1] in (b"{", b"[")

    def found(self) -> "FoundRecipe":
        """Return the recipe in it, or the grid, and say what is odd about that.

        Raises:
            RecipeError: there is none, or it is not valid.
        """
        from tdiff.provenance.recipe_file import recipe_of

        found = recipe_of(self.data, self.name)
        for warning in found.warnings:
            say(warning)
        return found

    def recipe(self) -> Recipe:
        """Return the recipe in it, and say what is odd about that; of a grid, what its cells share.

        Raises:
            RecipeError: there is none, or it is not valid.
        """
        found = self.found()
        if found.grid is not None:
            say(f"{self.name} shows a grid, of which this is what all cells share: tdiff grid --recipe makes the whole")
        return found.recipe

    def picture(self, called: str) -> "LoadedPicture":
        """Return the picture in it, and say how it was fitted.

        Args:
            called: what messages call it, such as "start picture".

        Raises:
            ImageError: it is none.
        """
        from tdiff.render.load import picture_of

        loaded = picture_of(self.data, self.name)
        for note in loaded.notes:
            say(f"{called}: {note}")
        return loaded

    def carries_credentials(self) -> bool:
        """Whether it is a picture with signed credentials."""
        from tdiff.provenance.containers import contents_of

        try:
            return contents_of(self.data).has_credentials
        except ImageError:
            return False


def read(path: Path) -> Given:
    """Read a file, a pipe, or standard input for `-`.

    Raises:
        ImageError: it cannot be read.
    """
    from tdiff.render.picture_file import read_picture_file

    return Given(path, read_picture_file(path, pipes=True))


def read_for_recipe(path: Path) -> Given:
    """Read a file that should hold a recipe.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return read(path)
    except ImageError as error:
        raise UsageError(error.message, remedy=error.remedy) from error


def read_recipe(path: Path) -> Recipe:
    """Read a recipe from a JSON file, or from a picture that carries one.

    Raises:
        RecipeError: there is none in it, or it is not valid.
        UsageError: the file cannot be read.
    """
    return read_for_recipe(path).recipe()


def recipe_given(file: Path | None, options: RecipeOptions) -> Recipe:
    """Return the recipe of a file, or a fresh one with a random seed, with every option that was given on top.

    Args:
        file: a JSON file, or a picture that carries a recipe.
        options: what was given.

    Raises:
        RecipeError: there is no recipe in the file, or a value is out of range.
        UsageError: the file cannot be read.
    """
    return options.onto(Recipe(seed=secrets.randbelow(2**31)) if file is None else read_recipe(file))


def read_start(path: Path) -> "LoadedPicture":
    """Read a picture to start from, and say how it was fitted and what of it will not be passed on."""
    given = read(path)
    loaded = given.picture("start picture")
    if given.carries_credentials():
        say("start picture: it carries signed credentials (C2PA), which hold for it alone: the new picture has none")
    return loaded


def read_prompts(path: Path) -> dict[int, str]:
    """Read one prompt a line, by its number, from a file, a pipe, or standard input for "-"; empty lines are left out.

    Raises:
        UsageError: there are none, too many, or one is too long.
    """
    try:
        data = read_given(path, _PROMPTS_BYTES, "a text file with one prompt a line", typed=True)
        lines = [line.replace(BYTE_ORDER_MARK, "").strip() for line in decode_text(data).splitlines()]
    except ReadError as error:
        raise UsageError(error.message, remedy=error.remedy) from error
    except UnicodeDecodeError as error:
        raise UsageError("the prompts are not UTF-8 text", remedy="save them as UTF-8") from error
    prompts = {number: line for number, line in enumerate(lines, 1) if line}
    if not prompts:
        raise UsageError("there is no prompt in the file", remedy="write one a line")
    if len(prompts) > PROMPTS_LIMIT:
        raise UsageError(
            f"at most {PROMPTS_LIMIT} prompts are taken at once, not {len(prompts)}", remedy="split the file"
        )
    for number, prompt in prompts.items():
        if len(prompt) > TEXT_LIMIT:
            raise UsageError(
                f"line {number} has {len(prompt)} characters, {TEXT_LIMIT} are allowed", remedy="shorten it"
            )
    return prompts
