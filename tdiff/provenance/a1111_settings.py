"""The settings in a `parameters` text: pairs such as "Steps: 20, Sampler: DDIM", wherever they stand in it."""

import json
import re
from collections.abc import Iterator
from typing import Final

from tdiff.text import clean_text

Pairs = tuple[tuple[str, str], ...]

_FEWEST: Final = 2
"""Fewer pairs than this are taken for prompt."""
_MOST: Final = 64
_CANDIDATES: Final = 16
"""Places looked at, from the end: a text with more of them was made to waste time."""

_LINE: Final = re.compile(r"[^\n]+")
_STEPS_LINE: Final = re.compile(r"^[ \t]*Steps:", re.MULTILINE)
_STEPS_INSIDE: Final = re.compile(r"(?<![^\s.,;])Steps:[ \t]*[0-9]+[ \t]*,[ \t]*[A-Z][\w ]{0,59}:")
_NAME: Final = re.compile(r"\s*([A-Za-z0-9][\w \-/+.()]{0,59}):[ \t]*")
_TEMPLATE: Final = re.compile(r"^(?:Negative )?Template:", re.MULTILINE)
"""Lines below the settings that hold a prompt as it was before wildcards were filled in."""
_BRACKETS: Final = re.compile(r'"(?:\\.|[^"\\])*"|[\[\]{}]', re.DOTALL)
_AFTER: Final = re.compile(r"[ \t]*(?:[,\n]|$)")


def find_settings(text: str) -> tuple[int, Pairs]:
    """Find the settings in a text.

    Args:
        text: cleaned, with line feeds.

    Returns:
        Where they begin, and name → value in their order, the first of a name; (length of the text, ()) for none.
    """
    for start, end in _candidates(text):
        pairs = _pairs(text[start:end])
        if len(pairs) >= _FEWEST:
            return start, pairs
    return len(text), ()


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    """Where settings may begin and end, the likeliest first; of several of a kind the last."""
    end = len(text)
    yield from ((found.start(), end) for found in _last(_STEPS_LINE, text))
    lines = [(found.start(), found.end()) for found in _last(_LINE, text)]
    yield from ((start, end) for start, stop in lines if "Steps" in _names(text[start:stop]))
    yield from ((found.start(), end) for found in _last(_STEPS_INSIDE, text))  # its line breaks were lost
    yield from (line for line in lines[:1] if _names(text[slice(*line)]))


def _last(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    return [*pattern.finditer(text)][: -_CANDIDATES - 1 : -1]


def _names(line: str) -> list[str]:
    """Names of a line that consists of pairs alone; [] where any other part of it is prose."""
    names = [name for name, _ in _parts(line)]
    return [] if None in names else [name for name in names if name is not None]


def _pairs(text: str) -> Pairs:
    """Read pairs; a part that is none goes on with the value before it."""
    read: list[tuple[str, str]] = []
    for name, value in _parts(text):
        if name is None and read:
            read[-1] = (read[-1][0], f"{read[-1][1]}, {value}")
        elif name is not None:
            if len(read) == _MOST:
                break
            read.append((name, value))
    return tuple(dict(reversed(read)).items())[::-1]


def _parts(text: str) -> Iterator[tuple[str | None, str]]:
    """Split at commas and line ends that are in no quoted or bracketed value: (name, value), or (None, prose)."""
    at = 0
    while at < len(text):
        template = _TEMPLATE.match(text, at)
        found = template or _NAME.match(text, at)
        begin = at if found is None else found.end()
        end = _end_of_template(text, begin) if template else _end_of_value(text, begin)
        value = text[begin:end].strip()
        if found is not None:
            yield found.group().strip().rstrip(":").rstrip(), _unquoted(value)
        elif value:
            yield None, value
        at = end + 1 if template else _next_part(text, end)


def _end_of_template(text: str, begin: int) -> int:
    following = _TEMPLATE.search(text, begin)
    return len(text) if following is None else following.start() - 1


def _end_of_value(text: str, begin: int) -> int:
    """Behind a quoted or bracketed value, or at the comma or line end that ends a plain one."""
    if text[begin : begin + 1] in ("{", "[", '"'):
        depth = 0
        for found in _BRACKETS.finditer(text, begin):
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(found.group(), 0)
            if depth <= 0:
                if _AFTER.match(text, found.end()):
                    return found.end()
                break
    ends = [place for mark in ",\n" if (place := text.find(mark, begin)) >= 0]
    return min(ends, default=len(text))


def _next_part(text: str, end: int) -> int:
    after = _AFTER.match(text, end)
    return len(text) if after is None else max(after.end(), end + 1)


def _unquoted(value: str) -> str:
    if len(value) < 2 or not (value.startswith('"') and value.endswith('"')):
        return value
    try:
        read = json.loads(value)
    except ValueError:
        return value
    return clean_text(read)
