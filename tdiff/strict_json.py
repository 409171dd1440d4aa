"""JSON from outside: bounded before it is parsed, and nothing in it that two readers could read differently."""

import json
from typing import Any, Final

from tdiff.encodings import decode_text
from tdiff.errors import TdiffError
from tdiff.text import clean_text

DEPTH_LIMIT: Final = 8
"""Deepest nesting that any document of ours has, with room to spare."""


class JsonError(TdiffError):
    """A text is not JSON that we accept.

    Attributes:
        field: which field, or "" where it is the whole text.
    """

    def __init__(self, message: str, field: str = "", *, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.field = field


def parse_object(text: str | bytes, what: str, limit: int, example: str) -> dict[str, Any]:
    """Read a JSON object without duplicate keys, numbers that are not finite, or deep nesting.

    Args:
        text: UTF-8.
        what: what the text is, for messages, such as "recipe".
        limit: most characters or bytes.
        example: a valid object, for the message where the text holds something else.

    Raises:
        JsonError: the text is refused.
    """
    if len(text) > limit:
        raise JsonError(f"a {what} is at most {limit // 1024} kB, this has {len(text) // 1024} kB")
    try:
        decoded = decode_text(text) if isinstance(text, bytes) else text
        if decoded.count("[") + decoded.count("{") > limit // 64 or _depth(decoded) > DEPTH_LIMIT:
            raise JsonError(f"this {what} is nested far deeper than any {what} is: it was not written by tdiff")
        content = json.loads(
            decoded,
            object_pairs_hook=lambda pairs: _unique(pairs, what),
            parse_constant=lambda name: _no_constant(name, what),
            parse_float=lambda number: _finite(number, what),
        )
    except UnicodeDecodeError as error:
        raise JsonError(f"this {what} is not UTF-8 text", remedy="save it as UTF-8") from error
    except (json.JSONDecodeError, RecursionError) as error:
        place = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise JsonError(f"this {what} is not JSON{place}", remedy="repair it, or export it again") from error
    except ValueError as error:  # an integer of thousands of digits
        raise JsonError(f"a number in this {what} is too long to be one of ours", remedy="mend it") from error
    if not isinstance(content, dict):
        raise JsonError(f"a {what} is a JSON object such as {example}")
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


def _unique(pairs: list[tuple[str, Any]], what: str) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        twice = clean_text(next(name for name in names if names.count(name) > 1), 60)
        raise JsonError(f'the {what} has the field "{twice}" twice', twice, remedy="keep one")
    return content


def _no_constant(name: str, what: str) -> float:
    raise JsonError(f"{name} is not a number that a {what} may hold", remedy="give a finite one")


def _finite(text: str, what: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise JsonError(f"{clean_text(text, 20)} is too large for a {what}", remedy="give a smaller number")
    return value
