"""The words that the lessons use, each in one or two sentences."""

import tomllib
from collections.abc import Sequence
from functools import cache

from tdiff.lessons.core.fields import CONTENT

_FILE = CONTENT / "glossary.toml"


@cache
def glossary() -> tuple[tuple[str, str], ...]:
    """Return (word, meaning), in alphabetical order."""
    content = tomllib.loads(_FILE.read_text("utf-8"))
    return tuple(sorted(content["words"].items(), key=lambda item: item[0].lower()))


def meanings(terms: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return (word, meaning) of some of its words, in their order."""
    known = dict(glossary())
    return tuple((term, known[term]) for term in terms)
