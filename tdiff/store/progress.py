"""How far a learner has come: one small file, never lost to a fault in it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from tdiff.paths import user_dirs
from tdiff.store.kept import Kept, merged

VERSION: Final = 1
_SIZE_LIMIT = 1_000_000  # bytes: a file beyond this was not written by us


@dataclass(frozen=True, slots=True)
class Answer:
    """A prediction made.

    Attributes:
        choice: index of the option.
        right: whether the run agreed.
    """

    choice: int
    right: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """Cards seen, predictions made, quizzes taken. Methods return a changed copy.

    Attributes:
        seen: ids of the cards that were opened.
        answers: card id → the last prediction made on it; `quiz_id` → the answer given in a quiz.
        scores: lesson → right answers and questions of its quiz when it was last taken.
        places: lesson → place of the card opened last, from 0.
    """

    seen: frozenset[str] = frozenset()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    scores: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    places: Mapping[int, int] = field(default_factory=dict)

    def seen_card(self, lesson: int, card: str, place: int) -> "Progress":
        """Note that a card was opened, and that the lesson goes on from its place."""
        return replace(self, seen=self.seen | {card}).at(lesson, place)

    def at(self, lesson: int, place: int) -> "Progress":
        """Note that the lesson goes on from a place, a card's or one of its quiz."""
        return replace(self, places={**self.places, lesson: place})

    def without(self, answered: Iterable[str]) -> "Progress":
        """Forget the answers of these ids."""
        gone = frozenset(answered)
        return replace(self, answers={name: given for name, given in self.answers.items() if name not in gone})

    def answered(self, card: str, choice: int, right: bool) -> "Progress":
        """Note a prediction, or an answer in a quiz."""
        return replace(self, answers={**self.answers, card: Answer(choice, right)})

    def quiz_taken(self, lesson: int, right: int, of: int) -> "Progress":
        """Note the result of a quiz."""
        return replace(self, scores={**self.scores, lesson: (right, of)})

    def place(self, lesson: int) -> int:
        """Return where a lesson goes on: 0 for one that was not opened."""
        return self.places.get(lesson, 0)

    def quiz_score(self, lesson: int) -> tuple[int, int] | None:
        """Return right answers and questions of a lesson's quiz, or None where it was not taken."""
        return self.scores.get(lesson)


def quiz_id(lesson: int, number: int) -> str:
    """Name of a quiz's question, counted from 0, among the answers."""
    return f"quiz-{lesson}-{number}"


def progress_path(env: Mapping[str, str] | None = None) -> Path:
    """Return where progress is kept."""
    return user_dirs(env).state / "progress.json"


def load_progress(path: Path | None = None) -> tuple[Progress, str]:
    """Read the progress; what is damaged is set aside under another name, so that saving loses nothing.

    Args:
        path: the file; the user's own by default.

    Returns:
        The progress, empty where there is none to be read, and a sentence for the learner, "" if all is well: after
        one, nobody knows what was seen before.
    """
    found, said = _kept(path).load()
    return found or Progress(), said


def save_progress(progress: Progress, path: Path | None = None, since: Progress | None = None) -> Progress:
    """Write the progress, readable by its owner only.

    Args:
        progress: what to write.
        path: the file; the user's own by default.
        since: what was last read or written here. Only what changed since then is changed in the file, where another
            tdiff may have noted progress meanwhile. None replaces all that is there.

    Returns:
        What the file holds now.

    Raises:
        OutputError: the place cannot be written to.
    """
    return _kept(path).save(progress, since)


def _onto(theirs: Progress, before: Progress, mine: Progress) -> Progress:
    """Carry what changed between two states over to a third."""
    return Progress(
        seen=theirs.seen | (mine.seen - before.seen),
        answers=merged(before.answers, mine.answers, theirs.answers),
        scores=merged(before.scores, mine.scores, theirs.scores),
        places=merged(before.places, mine.places, theirs.places),
    )


def _kept(path: Path | None) -> Kept[Progress]:
    path = progress_path() if path is None else path
    return Kept(path, "the progress of earlier lessons", _SIZE_LIMIT, _parsed, _dumped, _onto)


def _dumped(progress: Progress) -> bytes:
    content = {
        "version": VERSION,
        "seen": sorted(progress.seen),
        "answers": {card: {"choice": a.choice, "right": a.right} for card, a in sorted(progress.answers.items())},
        "scores": {str(lesson): list(score) for lesson, score in sorted(progress.scores.items())},
        "places": {str(lesson): place for lesson, place in sorted(progress.places.items())},
    }
    return json.dumps(content, indent=1).encode()


def _parsed(data: bytes) -> Progress:
    """Read what `save_progress` wrote.

    Raises:
        ValueError: it is anything else, or of another version.
        RecursionError: it is nested far too deep.
    """
    content = json.loads(data.decode("utf-8"))
    if not isinstance(content, dict):
        raise ValueError("it is not a JSON object")
    if content.get("version") != VERSION:
        raise ValueError(f"it is of version {content.get('version')!r}, and this tdiff reads version {VERSION}")
    answers = _table(content, "answers")
    scores = {_lesson(key): _counts(value, 2) for key, value in _table(content, "scores").items()}
    places = {_lesson(key): _counts([value], 1)[0] for key, value in _table(content, "places").items()}
    seen = content.get("seen")
    if not isinstance(seen, list) or not all(isinstance(card, str) for card in seen):
        raise ValueError("the cards seen are not a list of names")
    return Progress(
        seen=frozenset(seen),
        answers={card: _answer(value) for card, value in answers.items()},
        scores={lesson: (right, of) for lesson, (right, of) in scores.items()},
        places=places,
    )


def _table(content: dict[str, Any], name: str) -> dict[str, Any]:
    value = content.get(name)
    if not isinstance(value, dict):
        raise ValueError(f"{name} is not a table")
    return value


def _answer(value: Any) -> Answer:
    if not isinstance(value, dict) or not isinstance(value.get("right"), bool):
        raise ValueError("an answer is not one")
    return Answer(_counts([value.get("choice")], 1)[0], value["right"])


def _lesson(key: str) -> int:
    if not key.isascii() or not key.isdigit() or len(key) > 2:
        raise ValueError(f"{key!r} is no number of a lesson")
    return int(key)


def _counts(value: Any, count: int) -> list[int]:
    """A list of so many whole numbers from 0 up."""
    fits = isinstance(value, list) and len(value) == count
    if not fits or not all(type(number) is int and 0 <= number < 10_000 for number in value):
        raise ValueError(f"{value!r} is not {count} whole numbers")
    return list(value)
