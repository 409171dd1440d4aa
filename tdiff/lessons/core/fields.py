"""Reading content files: tables whose fields are checked, with one sentence where one is wrong."""

import tomllib
from pathlib import Path
from typing import Any, Final

from tdiff.lessons.core.errors import LessonError

Table = dict[str, Any]

CONTENT: Final = Path(__file__).resolve().parent.parent / "content"
"""Folder of the content files."""


def read_table(path: Path) -> Table:
    """Read a file of our own.

    Raises:
        LessonError: it is missing or no TOML.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LessonError(
            f"{path.name} cannot be read ({error})", remedy="repair it, or reinstall tdiff-explorer"
        ) from error


def only(table: Table, fields: frozenset[str], where: str) -> None:
    """Refuse a table with other fields than these.

    Raises:
        LessonError: it has one.
    """
    unknown = sorted(set(table) - fields)
    if unknown:
        raise LessonError(
            f"{where} has a field {unknown[0]!r} that means nothing", remedy=f"choose from {', '.join(sorted(fields))}"
        )


def text(table: Table, field: str, where: str) -> str:
    """Return a field that must be text, as one line.

    Raises:
        LessonError: it is missing, empty or no text.
    """
    value = table.get(field)
    if not isinstance(value, str) or not value.strip():
        raise LessonError(f"{where} has no {field}", remedy="add it as text")
    return " ".join(value.split())
