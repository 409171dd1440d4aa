"""Cases to decide: situations with options, each with reasons for and against it, and four questions to weigh."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tdiff.lessons.core.card import LETTERS
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.fields import CONTENT, Table, only, read_table, text

LENSES: Final = ("consent", "deception", "provenance", "harm")
"""What every case is looked at through: who agreed, who could be misled, who can check, who could be hurt."""
_FILE: Final = CONTENT / "cases.toml"
_CASE_FIELDS: Final = frozenset({"id", "title", "situation", *LENSES, "options"})
_OPTION_FIELDS: Final = frozenset({"text", "for", "against"})


@dataclass(frozen=True, slots=True)
class CaseOption:
    """One thing that could be done.

    Attributes:
        text: what.
        speaks_for: a reason for it.
        speaks_against: a reason against it.
    """

    text: str
    speaks_for: str
    speaks_against: str


@dataclass(frozen=True, slots=True)
class Case:
    """A situation; none of its options is called right.

    Attributes:
        id: unique among cases.
        title: a few words.
        situation: what you are about to decide.
        questions: for each of `LENSES` a question to weigh.
        options: two to four.
    """

    id: str
    title: str
    situation: str
    questions: Mapping[str, str]
    options: tuple[CaseOption, ...]


def load_cases(path: Path = _FILE) -> tuple[Case, ...]:
    """Read cases.

    Raises:
        LessonError: the file is missing or malformed.
    """
    table = read_table(path)
    only(table, frozenset({"cases"}), path.name)
    cases = tuple(
        _case(entry, f"{path.name}, case {n}") for n, entry in enumerate(_tables(table, "cases", path.name), 1)
    )
    ids = [case.id for case in cases]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise LessonError(f"{path.name}: two cases have the id {twice[0]!r}", remedy="give each its own")
    return cases


def _case(entry: Table, where: str) -> Case:
    where = f"{where} ({entry['id']})" if isinstance(entry.get("id"), str) else where
    only(entry, _CASE_FIELDS, where)
    options = tuple(_option(option, where) for option in _tables(entry, "options", where))
    if not 2 <= len(options) <= len(LETTERS):
        raise LessonError(f"{where} needs two to four options, not {len(options)}")
    return Case(
        id=text(entry, "id", where),
        title=text(entry, "title", where),
        situation=text(entry, "situation", where),
        questions=MappingProxyType({lens: text(entry, lens, where) for lens in LENSES}),
        options=options,
    )


def _option(entry: Table, where: str) -> CaseOption:
    only(entry, _OPTION_FIELDS, where)
    return CaseOption(text(entry, "text", where), text(entry, "for", where), text(entry, "against", where))


def _tables(table: Table, field: str, where: str) -> list[Table]:
    entries = table.get(field)
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise LessonError(f"{where} needs {field}, each a table of its own", remedy="add them")
    return entries
