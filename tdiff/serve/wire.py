"""What goes over the wire, as JSON: an order in, pictures out, with recipes as everywhere else.

docs/scale.md shows both by example. Whatever arrives is checked on either side.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tdiff.errors import TdiffError, UsageError
from tdiff.prompt.tokenizer import Fate, Word
from tdiff.recipe import SEED_RANGE, Recipe
from tdiff.recipe.json import from_json, to_json
from tdiff.strict_json import JsonError, parse_object
from tdiff.text import clean_text

if TYPE_CHECKING:
    from tdiff.arrays import F32, U8

VERSION: Final = 1
"""Of what is said here; a server and a client of different ones refuse each other."""

PICTURES_LIMIT: Final = 16
"""Most pictures of one order, and so of one turn."""

BODY_LIMIT: Final = 4 * 1024 * 1024
ANSWER_LIMIT: Final = 64 * 1024 * 1024
_PIXELS_LIMIT: Final = 4096 * 4096
_EXAMPLE: Final = '{"recipe": {"schema": 1, "prompt": "a red apple", "seed": 7}, "count": 1}'
_FIELDS: Final = ("recipe", "count", "start", "strength", "allow_unknown", "stream")


@dataclass(frozen=True, slots=True)
class Served:
    """What a server says of itself.

    Attributes:
        tdiff: its version.
        name, hash: of its model.
        checkpoint: whether that is a checkpoint of diffusers, whose tokenizer takes every word.
        engine, dtype: what runs it, and the numbers that it computes in; "" of a server that does not say.
    """

    tdiff: str
    name: str
    hash: str
    checkpoint: bool
    engine: str = ""
    dtype: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """Pictures that a client wants.

    Attributes:
        recipe: of the first.
        count: how many, with consecutive seeds, 1 … PICTURES_LIMIT.
        picture: (32, 32, 3) float32 in [-1, 1], where the recipe starts from one.
        allow_unknown: make pictures of a prompt without a known word too.
        stream: answer in lines, and tell of every step.
        notes: what was odd about it, one sentence each.
    """

    recipe: Recipe
    count: int = 1
    picture: "F32 | None" = None
    allow_unknown: bool = False
    stream: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Finished pictures.

    Attributes:
        pixels: (count, H, W, 3).
        words: what became of each word of the prompt.
        seconds: a picture took.
        notes: what the person should know, one sentence each.
    """

    pixels: "U8"
    words: tuple[Word, ...]
    seconds: float
    notes: tuple[str, ...] = ()


def served_to_json(served: Served) -> dict[str, Any]:
    """Return what a server says of itself."""
    names = ("name", "hash", "checkpoint", "engine", "dtype")
    model = {name: getattr(served, name) for name in names}
    return {
        "schema": f"tdiff.server/{VERSION}",
        "tdiff": served.tdiff,
        "model": model,
        "pictures_limit": PICTURES_LIMIT,
    }


def served_from_json(content: dict[str, Any]) -> Served:
    """Read what a server says of itself.

    Raises:
        TdiffError: it is of another version, or no server of ours.
    """
    from tdiff import __version__

    shape, tdiff, model = content.get("schema"), content.get("tdiff"), content.get("model")
    if not isinstance(tdiff, str) or not isinstance(shape, str) or not shape.startswith("tdiff.server/"):
        raise TdiffError("what answers there is no tdiff server", remedy="look at the address")
    if shape != f"tdiff.server/{VERSION}":
        raise TdiffError(
            f"the server is tdiff {clean_text(tdiff, 30)} and speaks {clean_text(shape, 30)}, and this is "
            f"tdiff {__version__} with tdiff.server/{VERSION}",
            remedy="run the same tdiff on both sides",
        )
    if not isinstance(model, dict):
        raise TdiffError("what answers there is no tdiff server", remedy="look at the address")
    name, digest = clean_text(str(model.get("name")), 60), clean_text(str(model.get("hash")), 64)
    engine, dtype = (clean_text(str(model.get(name) or ""), 30) for name in ("engine", "dtype"))
    return Served(clean_text(tdiff, 30), name, digest, model.get("checkpoint") is True, engine, dtype)


def order_to_json(order: Order) -> str:
    """Return an order as JSON text."""
    from tdiff.pixels import to_pixels
    from tdiff.render.png import png_bytes

    content: dict[str, Any] = {"recipe": json.loads(to_json(order.recipe)), "count": order.count}
    if order.picture is not None:
        content["start"] = base64.b64encode(png_bytes(to_pixels(order.picture))).decode("ascii")
    content |= {name: True for name in ("allow_unknown", "stream") if getattr(order, name)}
    return json.dumps(content)


def order_from_json(body: bytes) -> Order:
    """Read an order.

    Raises:
        UsageError: a field is unknown, missing, of the wrong type or out of range.
        ImageError: the start picture cannot be read.
    """
    try:
        content = parse_object(body, "request", BODY_LIMIT, _EXAMPLE)
    except JsonError as error:
        raise UsageError(str(error)) from error
    unknown = sorted(set(content) - set(_FIELDS))
    if unknown:
        raise UsageError(f"a request has the fields {', '.join(_FIELDS)}, not {clean_text(unknown[0], 40)}")
    if not isinstance(content.get("recipe"), dict):
        raise UsageError("a request needs a recipe", remedy=f"send {_EXAMPLE}")
    count = content.get("count", 1)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= PICTURES_LIMIT:
        raise UsageError(f"count must be a whole number from 1 to {PICTURES_LIMIT}", remedy="send several requests")
    for name in ("allow_unknown", "stream"):
        if not isinstance(content.get(name, False), bool):
            raise UsageError(f"{name} must be true or false")
    read = from_json(json.dumps(content["recipe"]))
    recipe = read.recipe
    if recipe.seed + count - 1 > SEED_RANGE[1]:
        raise UsageError(f"the last of {count} seeds would lie above {SEED_RANGE[1]}", remedy="start lower")
    start, notes = _start(content), list(read.warnings)
    if recipe.start is not None and start is None:
        raise UsageError("this recipe starts from a picture, which is not in it", remedy="send it as start")
    picture = None
    if start is not None:
        from tdiff.pipeline import start_picture
        from tdiff.render.load import picture_of

        loaded = picture_of(start, "the start picture")
        picture = loaded.picture
        notes += [f"start picture: {note}" for note in loaded.notes]
        if recipe.start is None:
            recipe = recipe.replace(start=start_picture(picture, content.get("strength", 0.6)))
    return Order(
        recipe, count, picture, content.get("allow_unknown", False), content.get("stream", False), tuple(notes)
    )


def answer_to_json(answer: Answer, recipe: Recipe) -> dict[str, Any]:
    """Return finished pictures, each a PNG that says how it came to be.

    Args:
        answer: the pictures.
        recipe: of the first, with the model that made it.
    """
    from tdiff.provenance import text_fields
    from tdiff.render.png import png_bytes

    words = [{"text": word.text, "fate": word.fate.value, "reads": word.reads} for word in answer.words]
    pictures = []
    for place, pixels in enumerate(answer.pixels):
        own = recipe.replace(seed=recipe.seed + place)
        png = base64.b64encode(png_bytes(pixels, text_fields(own))).decode("ascii")
        content = json.loads(to_json(own))
        pictures.append({"recipe": content, "words": words, "seconds": round(answer.seconds, 4), "png": png})
    return {"schema": f"tdiff.pictures/{VERSION}", "pictures": pictures, "notes": list(answer.notes)}


def answer_from_json(content: dict[str, Any], count: int) -> Answer:
    """Read finished pictures; what they are pictures of, the client knows from its order.

    Raises:
        TdiffError: it is not an answer to an order of so many.
    """
    import numpy as np

    try:
        pictures = content["pictures"]
        if len(pictures) != count:
            raise ValueError
        pixels = np.stack([_pixels(base64.b64decode(picture["png"], validate=True)) for picture in pictures])
        words = tuple(_word(word) for word in pictures[0]["words"])
        seconds = float(pictures[0]["seconds"])
        notes = tuple(clean_text(str(note), 300) for note in content["notes"])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, binascii.Error) as error:
        raise TdiffError(
            "the server's answer is damaged", remedy="start it again, with the same tdiff as here"
        ) from error
    return Answer(pixels, words, seconds, notes)


def _start(content: dict[str, Any]) -> bytes | None:
    start = content.get("start")
    if start is None:
        if "strength" in content:
            raise UsageError("strength says how far to depart from a start picture", remedy="send one as start")
        return None
    try:
        return base64.b64decode(start, validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise UsageError("start must be a picture file in base64") from error


def _pixels(png: bytes) -> "U8":
    """Decode a PNG of at most 16 million pixels."""
    from io import BytesIO

    import numpy as np
    from PIL import Image

    try:
        with Image.open(BytesIO(png), formats=["PNG"]) as image:
            if image.width * image.height > _PIXELS_LIMIT:
                raise ValueError
            pixels: U8 = np.asarray(image.convert("RGB"))
            return pixels
    except Exception as error:  # on damaged files Pillow's readers raise nearly anything
        raise ValueError from error


def _word(content: dict[str, Any]) -> Word:
    text, reads = clean_text(str(content["text"])), clean_text(str(content["reads"]), 200)
    return Word(text, 0, 0, Fate(content["fate"]), reads)
