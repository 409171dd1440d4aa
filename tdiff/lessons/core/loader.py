"""Reading a lesson from its file, with everything checked that can be checked before a run."""

import string
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tdiff.lessons.core.card import LETTERS, Card, Lesson, Question, QuizItem
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.fields import CONTENT, Table, only, read_table, text
from tdiff.lessons.core.finding import experiment_module, lab_module
from tdiff.lessons.core.glossary import glossary

_TITLES: Final = MappingProxyType({1: "Denoise", 2: "Train", 3: "Steer", 4: "Responsible", 5: "Studio"})
"""What lessons are called in one word, and the studio, which has the last number."""
STUDIO: Final = max(_TITLES)
_LESSON_FIELDS: Final = frozenset({"title", "tagline", "cards", "quiz"})
_CARD_FIELDS: Final = frozenset(
    {"id", "title", "text", "experiment", "lab", "lab_start", "question", "options", "reveal", "try_keys"}
    | {"shows_start", "terms"}
)
_QUIZ_FIELDS: Final = frozenset({"question", "options", "answer", "reason", "source"})


def titles() -> Mapping[int, str]:
    """Return the short title of every lesson by its number; no file is read."""
    return _TITLES


def available(folder: Path = CONTENT) -> tuple[int, ...]:
    """Return the numbers of the lessons that have cards."""
    return tuple(number for number in _TITLES if _file(number, folder).is_file())


def load_lesson(number: int, folder: Path = CONTENT) -> Lesson:
    """Read a lesson.

    Args:
        number: 1 … 5.
        folder: holds lesson1.toml and its kin.

    Raises:
        LessonError: there is no such lesson, or its file is malformed.
    """
    path = _file(number, folder)
    if not path.is_file():
        there = ", ".join(map(str, available(folder))) or "none"
        raise LessonError(f"lesson {number} has no cards", remedy=f"choose one that has ({there})")
    table = read_table(path)
    only(table, _LESSON_FIELDS, path.name)
    cards = tuple(_card(entry, f"{path.name}, card {n}") for n, entry in _entries(table, "cards", path.name))
    quiz = tuple(_quiz_item(entry, f"{path.name}, quiz {n}") for n, entry in _entries(table, "quiz", path.name))
    _check_ids(cards, quiz, path.name)
    return Lesson(number, text(table, "title", path.name), text(table, "tagline", path.name), cards, quiz)


def _file(number: int, folder: Path) -> Path:
    return folder / f"lesson{number}.toml"


def _card(entry: Table, where: str) -> Card:
    where = f"{where} ({entry['id']})" if isinstance(entry.get("id"), str) else where
    only(entry, _CARD_FIELDS, where)
    experiment, lab = (text(entry, field, where) if field in entry else None for field in ("experiment", "lab"))
    question = None
    if "question" in entry or "options" in entry:
        question = Question(text(entry, "question", where), _options(entry, where))
    _check_names(experiment, lab, where)
    if experiment is None and question is not None:
        raise LessonError(f"{where} asks a question without an experiment to answer it", remedy="name one")
    reveal = text(entry, "reveal", where) if experiment else ""
    _check_template(reveal, where)
    return Card(
        id=text(entry, "id", where),
        title=text(entry, "title", where),
        text=text(entry, "text", where),
        experiment=experiment,
        lab=lab,
        lab_start=text(entry, "lab_start", where) if "lab_start" in entry else "",
        question=question,
        reveal=reveal,
        try_keys=text(entry, "try_keys", where) if "try_keys" in entry else "",
        shows_start=_flag(entry, "shows_start", where),
        terms=_terms(entry, where),
    )


def _quiz_item(entry: Table, where: str) -> QuizItem:
    only(entry, _QUIZ_FIELDS, where)
    options, letter = _options(entry, where), text(entry, "answer", where)
    if letter not in tuple(LETTERS[: len(options)]):
        raise LessonError(f"{where}: the answer must be a letter from a to {LETTERS[len(options) - 1]}, not {letter!r}")
    return QuizItem(
        prompt=text(entry, "question", where),
        options=options,
        answer=LETTERS.index(letter),
        reason=text(entry, "reason", where),
        source=text(entry, "source", where) if "source" in entry else None,
    )


def _flag(entry: Table, field: str, where: str) -> bool:
    value = entry.get(field, False)
    if not isinstance(value, bool):
        raise LessonError(f"{where}: {field} must be true or false, not {value!r}")
    return value


def _terms(entry: Table, where: str) -> tuple[str, ...]:
    value, known = entry.get("terms", []), {word for word, _ in glossary()}
    unknown = [term for term in value if term not in known] if isinstance(value, list) else [value]
    if unknown:
        raise LessonError(f"{where}: {unknown[0]!r} is no word of the glossary", remedy="add it to glossary.toml")
    return tuple(value)


def _check_names(experiment: str | None, lab: str | None, where: str) -> None:
    try:
        if experiment is not None:
            experiment_module(experiment)
        if lab is not None:
            lab_module(lab)
    except LessonError as error:
        raise LessonError(f"{where}: {error.message}", remedy=error.remedy) from error


def _check_template(reveal: str, where: str) -> None:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(reveal) if name is not None]
    except ValueError as error:
        raise LessonError(
            f"{where}: the reveal's braces do not fit together ({error})", remedy="close each one"
        ) from error
    if not all(name.isidentifier() for name in names):
        raise LessonError(f"{where}: the reveal may name values only, as in {{difference:.2f}}, not {names}")


def _check_ids(cards: tuple[Card, ...], quiz: tuple[QuizItem, ...], where: str) -> None:
    ids = [card.id for card in cards]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise LessonError(
            f"{where}: two cards have the id {twice[0]!r}", remedy="give each its own, as progress is kept by it"
        )
    for item in quiz:
        if item.source is not None and item.source not in ids:
            raise LessonError(f"{where}: a quiz question names the card {item.source!r}, which is not there")


def _entries(table: Table, field: str, where: str) -> list[tuple[int, Table]]:
    """The tables of an array, counted from 1."""
    entries = table.get(field)
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise LessonError(f"{where} needs at least one [[{field}]] table", remedy="add one")
    return list(enumerate(entries, 1))


def _options(table: Table, where: str) -> tuple[str, ...]:
    value = table.get("options")
    texts = [entry for entry in value if isinstance(entry, str) and entry.strip()] if isinstance(value, list) else []
    if not isinstance(value, list) or len(texts) != len(value) or not 2 <= len(texts) <= len(LETTERS):
        raise LessonError(f"{where} needs two to four options, each of them text")
    return tuple(texts)
