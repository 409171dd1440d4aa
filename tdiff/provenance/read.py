"""Reading back what a picture file says about itself. It is a claim, not a proof: anybody can write it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tdiff.errors import ImageError, RecipeError
from tdiff.provenance.a1111 import LIMIT as PARAMETERS_LIMIT
from tdiff.provenance.a1111 import Parameters, one_line, parse_parameters
from tdiff.provenance.containers import contents_of
from tdiff.provenance.write import GRID_KEY, PARAMETERS_KEY, RECIPE_KEY
from tdiff.provenance.xmp import Xmp, read_packets
from tdiff.recipe import Recipe
from tdiff.recipe.grid import Grid, grid_from_json
from tdiff.recipe.json import from_json
from tdiff.render.picture_file import JPEG_PIXELS_LIMIT, PIXELS_LIMIT, read_picture_file
from tdiff.text import clean_text

TEXT_LIMIT: Final = 8192
"""Characters kept of each text that is not ours."""

_KEY_LIMIT: Final = 80
_OURS: Final = (RECIPE_KEY, GRID_KEY)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a picture file says about itself. All texts are cleaned.

    Attributes:
        format: "PNG", "JPEG", "WebP" or "GIF".
        size: width and height in pixels as its header says; (0, 0) where it does not.
        recipe: how tdiff made it, or None.
        grid: how tdiff made a whole sheet of pictures, or None.
        prompt_withheld: whether the recipe was saved without its prompt, so that it does not give the picture again.
        parameters: the text that most image generators write, for `parse_parameters` to take apart, or None.
        source_type: the IPTC DigitalSourceType, a URL, or None.
        xmp: other properties of its XMP packet, name → value.
        other: other texts, keyword → text.
        carries_credentials: whether there is a C2PA manifest, which tdiff does not verify.
        warnings: what was odd, one sentence each.
        damaged: whether parts of the file, or its recipe, could not be read: that no recipe was read then does not
            mean that there was none.
    """

    format: str
    size: tuple[int, int]
    recipe: Recipe | None = None
    grid: Grid | None = None
    prompt_withheld: bool = False
    parameters: str | None = None
    source_type: str | None = None
    xmp: Mapping[str, str] = field(default_factory=dict)
    other: Mapping[str, str] = field(default_factory=dict)
    carries_credentials: bool = False
    warnings: tuple[str, ...] = ()
    damaged: bool = False

    @property
    def says_ai_made(self) -> bool:
        """Whether its source type says that a trained algorithm took part."""
        return (self.source_type or "").lower().endswith("trainedalgorithmicmedia")


def read_metadata(path: Path) -> Metadata:
    """Read what a picture file says about itself.

    Args:
        path: a PNG, JPEG, WebP or GIF file of at most 20 MB; its pixels are not decoded.

    Raises:
        ImageError: it cannot be read, or is no such file.
    """
    data = read_picture_file(path)
    try:
        return metadata_of(data)
    except ImageError as error:
        raise ImageError(f"{clean_text(str(path), 300)}: {error.message}", remedy=error.remedy) from error


def metadata_of(data: bytes) -> Metadata:
    """Read what the bytes of a picture file say about it.

    Raises:
        ImageError: it is no PNG, JPEG, WebP or GIF.
    """
    contents = contents_of(data)
    warnings = list(contents.damage)
    xmp = read_packets(contents.xmp, contents.more_xmp) if contents.xmp is not None else Xmp()
    if xmp.damage:
        warnings.append(xmp.damage)
    width, height = contents.size or (0, 0)
    if width * height > (JPEG_PIXELS_LIMIT if contents.format == "JPEG" else PIXELS_LIMIT):
        warnings.append(f"it claims to have {width}×{height} pixels, more than tdiff would ever decode")
    texts = [_unfolded(key, text) for key, text in contents.texts]
    everywhere = [*texts, *xmp.fields]
    recipe, withheld = _recipe(everywhere, warnings)
    grid, grid_withheld = _grid(everywhere, warnings)
    key, parameters = _parameters(everywhere)
    long = sum(len(text) > TEXT_LIMIT for name, text in texts if name not in (*_OURS, key))
    if long:
        warnings.append(f"texts that were cut to their first {TEXT_LIMIT:,} characters here: {long}")
    if recipe is not None and parameters is not None:
        warnings += _disagreement(recipe, parse_parameters(parameters), withheld)
    return Metadata(
        format=contents.format,
        size=(width, height),
        recipe=recipe,
        grid=grid,
        prompt_withheld=withheld or grid_withheld,
        parameters=parameters,
        source_type=xmp.source_type,
        xmp=_by_name(xmp.fields),
        other=_by_name((name, text) for name, text in texts if name not in (*_OURS, key)),
        carries_credentials=contents.has_credentials,
        warnings=tuple(warnings),
        damaged=bool(contents.damage) or (recipe is None and any(name == RECIPE_KEY for name, _ in texts)),
    )


def _unfolded(key: str, text: str) -> tuple[str, str]:
    """A comment of our own films is "keyword: text", since a GIF has no keywords."""
    name, colon, rest = text.partition(": ")
    if key == "comment" and colon and name in (RECIPE_KEY, PARAMETERS_KEY):
        return name, rest
    return key, text


def _recipe(texts: list[tuple[str, str]], warnings: list[str]) -> tuple[Recipe | None, bool]:
    """The recipe and whether its prompt was withheld."""
    text = next((text for key, text in texts if key == RECIPE_KEY), None)
    if text is None:
        return None, False
    try:
        read = from_json(text)
    except RecipeError as error:
        warnings.append(f"its recipe was not read: {error}")
        return None, False
    warnings += read.warnings
    withheld = "prompt" not in json.loads(text)
    if withheld:
        warnings.append("its prompt was left out when it was saved, so its recipe does not give the picture again")
    return read.recipe, withheld


def _grid(texts: list[tuple[str, str]], warnings: list[str]) -> tuple[Grid | None, bool]:
    """The grid and whether its prompt was withheld, without which nothing of it is left to make."""
    text = next((text for key, text in texts if key == GRID_KEY), None)
    if text is None:
        return None, False
    try:
        return grid_from_json(text), False
    except RecipeError as error:
        warnings.append(f"its grid was not read: {error}")
        return None, error.field == "prompt"


def _parameters(texts: list[tuple[str, str]]) -> tuple[str, str | None]:
    """Under which keyword the parameters are, and their text, cleaned: other formats have no place of their own."""
    named = [text for key, text in texts if key == PARAMETERS_KEY]
    if named:
        return PARAMETERS_KEY, _cleaned(named[0], PARAMETERS_LIMIT)
    for key, text in texts:
        if key not in _OURS and "Steps:" in text and parse_parameters(text).steps is not None:
            return key, _cleaned(text, PARAMETERS_LIMIT)
    return PARAMETERS_KEY, None


def _disagreement(recipe: Recipe, parameters: Parameters, withheld: bool) -> list[str]:
    """A text that was changed by hand shows where the two forms of it differ."""
    pairs = {
        "steps": (recipe.steps, parameters.steps),
        "seed": (recipe.seed, parameters.seed),
        "sampler": (recipe.sampler, parameters.sampler),
    }
    if not withheld:
        pairs["prompt"] = "".join(one_line(recipe.prompt).split()), "".join(parameters.prompt.split())
    names = [name for name, (ours, theirs) in pairs.items() if ours != theirs]
    return [f"its recipe and its parameters text differ in {', '.join(names)}: one was changed"] if names else []


def _by_name(texts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Cleaned texts by their cleaned names; those of one name are joined."""
    joined: dict[str, str] = {}
    for key, text in texts:
        name = clean_text(key, _KEY_LIMIT) or "unnamed"
        whole = f"{joined[name]}\n{text}" if name in joined else text
        joined[name] = _cleaned(whole)
    return joined


def _cleaned(text: str, limit: int = TEXT_LIMIT) -> str:
    return clean_text(text.replace("\r\n", "\n").replace("\r", "\n"), limit, newlines=True)
