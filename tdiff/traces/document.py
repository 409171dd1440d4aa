"""What a trace says about itself in words and numbers: the head of a file, and the line of each step."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from tdiff.errors import TraceError
from tdiff.strict_json import JsonError, parse_object
from tdiff.text import clean_text

SCHEMA: Final = 1
"""Version of the documents. Fields may be added under the same number; readers leave out what they don't know."""

HEAD_LIMIT: Final = 512 * 1024
LINE_LIMIT: Final = 32 * 1024
TEXT_LIMIT: Final = 20_000
STEPS_LIMIT: Final = 4000
PICTURES_LIMIT: Final = 64
SIDE_LIMIT: Final = 4096
PIXELS_LIMIT: Final = 2**24
"""Most places in one array: pictures × height × width."""
CHANNELS_LIMIT: Final = 64
_NAME_LIMIT: Final = 200
_VERSIONS_LIMIT: Final = 32
_UNIT_TOLERANCE: Final = 1e-3

Prediction = Literal["epsilon", "v_prediction", "sample", "flow", "other"]
Colours = tuple[tuple[float, float, float], ...]
Preview = Literal["pixels", "linear", "channels", "decoded"]
"""How RGB was made of the arrays: they are pixels; by a linear map fitted to the decoder; from their first three
channels, for want of a decoder; by the decoder itself."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one picture of the batch was asked to be.

    Attributes:
        prompt, negative: texts; None where they were withheld or are not known.
        seed: of its noise; None where it is not known.
    """

    prompt: str | None = None
    negative: str | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What holds for a whole trace.

    Attributes:
        steps: how many steps the run was to take.
        pictures: one entry a picture of the batch.
        preview_size: (height, width) of the previews.
        preview: how they were made.
        colours: the linear map that made them, a row of RGB for each channel and one that is added; None where it is
            not told. With it another guidance can be shown in the same colours.
        tensor_shape: (height, width, channels) of the arrays kept beside the previews; None where none are kept.
        guidance: w that the run was asked for; None where it is not known.
        scheduler: name of the sampler or scheduler.
        prediction: what the network predicts.
        model: its name.
        model_hash: hexadecimal digits over its weights; "" where it is not known.
        versions: tool → version.
        recipe: the recipe of a run of our own, as its JSON object; None for other runs.
    """

    steps: int
    pictures: tuple[Asked, ...]
    preview_size: tuple[int, int]
    preview: Preview = "pixels"
    colours: Colours | None = None
    tensor_shape: tuple[int, int, int] | None = None
    guidance: float | None = None
    scheduler: str = ""
    prediction: Prediction = "other"
    model: str = ""
    model_hash: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    recipe: Mapping[str, Any] | None = None

    @property
    def preview_shape(self) -> tuple[int, int, int, int]:
        """Shape of each preview: (B, H, W, 3)."""
        return (len(self.pictures), *self.preview_size, 3)

    @property
    def batch_shape(self) -> tuple[int, int, int, int] | None:
        """Shape of each kept array: (B, H, W, C)."""
        return None if self.tensor_shape is None else (len(self.pictures), *self.tensor_shape)


@dataclass(frozen=True, slots=True)
class Line:
    """The numbers of one step. α² + σ² = 1: a sampler that scales its pictures otherwise is rescaled when recorded.

    Attributes:
        index: which step, counted from 0.
        t: time, in the tool's own counting.
        alpha, sigma: share of picture and of noise in x_t.
        guidance: w of this step; None where it is not known.
        seconds: since the recording began.
        finite: whether every number of the step was one.
        eps_rms: root mean square of ε̂, for each picture; about 1 where the prediction is sound.
        change: mean absolute difference of the clean guess to that of the step before; None in the first step.
        apart: root mean square of the difference of the two predictions; None where there was one alone.
    """

    index: int
    t: float
    alpha: float
    sigma: float
    guidance: float | None
    seconds: float
    finite: bool
    eps_rms: tuple[float, ...]
    change: tuple[float, ...] | None
    apart: tuple[float, ...] | None


def head_to_json(head: Head) -> str:
    """Write a head as JSON."""
    return json.dumps(
        {
            "schema": SCHEMA,
            "steps": head.steps,
            "pictures": [{"prompt": p.prompt, "negative": p.negative, "seed": p.seed} for p in head.pictures],
            "preview": {
                "height": head.preview_size[0],
                "width": head.preview_size[1],
                "how": head.preview,
                "map": None if head.colours is None else [list(row) for row in head.colours],
            },
            "tensors": None if head.tensor_shape is None else list(head.tensor_shape),
            "guidance": head.guidance,
            "scheduler": head.scheduler,
            "prediction": head.prediction,
            "model": {"name": head.model, "hash": head.model_hash},
            "versions": dict(head.versions),
            "recipe": None if head.recipe is None else dict(head.recipe),
        }
    )


def head_from_json(text: str) -> Head:
    """Read a head; every size in it is checked, and its texts are cleaned.

    Raises:
        TraceError: it is not understood, of a newer schema, or beyond the limits.
    """
    content = _object(text, HEAD_LIMIT, '{"schema": 1, "steps": 20, …}')
    schema = _whole(content, "schema", 1, 10**6)
    if schema > SCHEMA:
        raise TraceError(
            f"this trace has schema version {schema} and this tdiff reads up to {SCHEMA}", remedy="update tdiff"
        )
    preview, model = _inner(content, "preview"), _inner(content, "model")
    head = Head(
        steps=_whole(content, "steps", 1, STEPS_LIMIT),
        pictures=_pictures(content),
        preview_size=(_whole(preview, "height", 1, SIDE_LIMIT), _whole(preview, "width", 1, SIDE_LIMIT)),
        preview=_choice(preview, "how", get_args(Preview)),
        colours=_colours(preview, content),
        tensor_shape=_tensor_shape(content),
        guidance=_number_or_none(content, "guidance"),
        scheduler=_text(content, "scheduler", _NAME_LIMIT),
        prediction=_choice(content, "prediction", get_args(Prediction)),
        model=_text(model, "name", _NAME_LIMIT),
        model_hash=_hash(model),
        versions=_versions(content),
        recipe=_recipe(content),
    )
    for what, shape in (("previews", head.preview_shape), ("tensors", head.batch_shape)):
        if shape is not None:
            _check_places(what, *shape[:3])
    return head


def line_to_json(line: Line) -> str:
    """Write a step's numbers as JSON; numbers that are not finite become null."""
    return json.dumps(
        {
            "index": line.index,
            "t": line.t,
            "alpha": line.alpha,
            "sigma": line.sigma,
            "guidance": line.guidance,
            "seconds": line.seconds,
            "finite": line.finite,
            "eps_rms": _plain(line.eps_rms),
            "change": _plain(line.change),
            "apart": _plain(line.apart),
        },
        allow_nan=False,
    )


def line_from_json(text: str, head: Head) -> Line:
    """Read a step's numbers.

    Raises:
        TraceError: it is not understood or out of range.
    """
    content = _object(text, LINE_LIMIT, '{"index": 0, "alpha": 0.1, …}')
    line = Line(
        index=_whole(content, "index", 0, STEPS_LIMIT - 1),
        t=_number(content, "t", -1e9, 1e9),
        alpha=_number(content, "alpha", 0, 1 + _UNIT_TOLERANCE),
        sigma=_number(content, "sigma", 0, 1 + _UNIT_TOLERANCE),
        guidance=_number_or_none(content, "guidance"),
        seconds=_number(content, "seconds", 0, 1e9),
        finite=_flag(content, "finite"),
        eps_rms=_row(content, "eps_rms", len(head.pictures)) or (),
        change=_row(content, "change", len(head.pictures)),
        apart=_row(content, "apart", len(head.pictures)),
    )
    if abs(line.alpha**2 + line.sigma**2 - 1) > _UNIT_TOLERANCE:
        raise TraceError(
            f"step {line.index} of this trace has α {line.alpha:g} and σ {line.sigma:g}, whose squares don't add up to "
            "1",
            remedy="record it with tdiff, which rescales them",
        )
    return line


def end_to_json(steps: int, picture_size: tuple[int, int] | None) -> str:
    """Write what the end says: how many steps there were, and the (height, width) of the finished pictures."""
    return json.dumps({"steps": steps, "picture": None if picture_size is None else list(picture_size)})


def end_from_json(text: str, head: Head) -> tuple[int, tuple[int, int] | None]:
    """Read what the end says.

    Raises:
        TraceError: it is not understood or beyond the limits.
    """
    content = _object(text, LINE_LIMIT, '{"steps": 20, "picture": [512, 512]}')
    size = content.get("picture")
    if size is not None and not (isinstance(size, list) and len(size) == 2):
        raise _refuse("picture", "null or a list of height and width")
    sides = None if size is None else tuple(_whole({"picture": side}, "picture", 1, SIDE_LIMIT) for side in size)
    if sides is not None:
        _check_places("pictures", len(head.pictures), *sides)
    return _whole(content, "steps", 0, STEPS_LIMIT), sides  # type: ignore[return-value]


def _check_places(what: str, count: int, height: int, width: int) -> None:
    if count * height * width > PIXELS_LIMIT:
        raise TraceError(
            f"this trace claims {what} of {count} × {height} × {width} places, and {PIXELS_LIMIT:,} is the most that "
            "is read",
            remedy="record fewer pictures at once",
        )


def _object(text: str, limit: int, example: str) -> dict[str, Any]:
    try:
        return parse_object(text, "trace's document", limit, example)
    except JsonError as error:
        raise TraceError(error.message, remedy=error.remedy) from error


def _refuse(name: str, wanted: str) -> TraceError:
    return TraceError(f'the field "{name}" of this trace must be {wanted}: it was not recorded by tdiff')


def _inner(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = content.get(name)
    if not isinstance(value, dict):
        raise _refuse(name, "an object")
    return value


def _whole(content: Mapping[str, Any], name: str, low: int, high: int) -> int:
    value = content.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise _refuse(name, f"a whole number from {low} to {high}")
    return value


def _number(content: Mapping[str, Any], name: str, low: float, high: float) -> float:
    value = content.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise _refuse(name, f"a number from {low:g} to {high:g}")
    return float(value)


def _number_or_none(content: Mapping[str, Any], name: str) -> float | None:
    return None if content.get(name) is None else _number(content, name, -1e6, 1e6)


def _flag(content: Mapping[str, Any], name: str) -> bool:
    value = content.get(name)
    if not isinstance(value, bool):
        raise _refuse(name, "true or false")
    return value


def _text(content: Mapping[str, Any], name: str, limit: int) -> str:
    value = content.get(name)
    if not isinstance(value, str) or len(value) > limit:
        raise _refuse(name, f"a text of at most {limit} characters")
    return clean_text(value, limit)


def _choice(content: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> Any:
    value = content.get(name)
    if value not in choices:
        raise _refuse(name, f"one of {', '.join(choices)}")
    return value


def _row(content: Mapping[str, Any], name: str, length: int) -> tuple[float, ...] | None:
    """A number for each picture; what was not finite when it was recorded reads as NaN."""
    value = content.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != length:
        raise _refuse(name, f"a list of {length} numbers")
    entries = [{name: entry} for entry in value]
    return tuple(math.nan if entry[name] is None else _number(entry, name, 0, 1e30) for entry in entries)


def _plain(row: tuple[float, ...] | None) -> list[float | None] | None:
    return None if row is None else [float(f"{value:.6g}") if math.isfinite(value) else None for value in row]


def _pictures(content: Mapping[str, Any]) -> tuple[Asked, ...]:
    value = content.get("pictures")
    if not isinstance(value, list) or not 1 <= len(value) <= PICTURES_LIMIT:
        raise _refuse("pictures", f"a list of 1 to {PICTURES_LIMIT} entries")
    if not all(isinstance(entry, dict) for entry in value):
        raise _refuse("pictures", "a list of objects")
    return tuple(
        Asked(
            prompt=None if entry.get("prompt") is None else _text(entry, "prompt", TEXT_LIMIT),
            negative=None if entry.get("negative") is None else _text(entry, "negative", TEXT_LIMIT),
            seed=None if entry.get("seed") is None else _whole(entry, "seed", 0, 2**64 - 1),
        )
        for entry in value
    )


def _tensor_shape(content: Mapping[str, Any]) -> tuple[int, int, int] | None:
    value = content.get("tensors")
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 3:
        raise _refuse("tensors", "null or a list of height, width and channels")
    height, width, channels = ({"tensors": side} for side in value)
    return (
        _whole(height, "tensors", 1, SIDE_LIMIT),
        _whole(width, "tensors", 1, SIDE_LIMIT),
        _whole(channels, "tensors", 1, CHANNELS_LIMIT),
    )


def _colours(preview: Mapping[str, Any], content: Mapping[str, Any]) -> Colours | None:
    value, shape = preview.get("map"), _tensor_shape(content)
    if value is None or shape is None:
        return None
    wanted = f"null or a list of {shape[2] + 1} rows of three numbers"
    if not isinstance(value, list) or len(value) != shape[2] + 1:
        raise _refuse("map", wanted)
    if not all(isinstance(row, list) and len(row) == 3 for row in value):
        raise _refuse("map", wanted)
    rows = [[_number({"map": number}, "map", -1e6, 1e6) for number in row] for row in value]
    return tuple((red, green, blue) for red, green, blue in rows)


def _hash(content: Mapping[str, Any]) -> str:
    value = _text(content, "hash", 64)
    if value.strip("0123456789abcdef"):
        raise _refuse("hash", "hexadecimal digits")
    return value


def _versions(content: Mapping[str, Any]) -> dict[str, str]:
    value = _inner(content, "versions")
    if len(value) > _VERSIONS_LIMIT:
        raise _refuse("versions", f"an object of at most {_VERSIONS_LIMIT} names")
    return {clean_text(name, 60): _text(value, name, _NAME_LIMIT) for name in value}


def _recipe(content: Mapping[str, Any]) -> dict[str, Any] | None:
    """The recipe as it stands: whoever uses it reads it with `tdiff.recipe.json`, which checks every field."""
    return None if content.get("recipe") is None else _inner(content, "recipe")
