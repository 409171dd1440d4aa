"""`tdiff lesson`: which lessons there are, and a lesson as text."""

import shutil
from typing import TYPE_CHECKING

from tdiff.commands.console import put, say, say_fates
from tdiff.commands.json_lines import put_json
from tdiff.errors import UsageError
from tdiff.lessons.core.loader import available, load_lesson, titles
from tdiff.prompt.explain import require_effect
from tdiff.prompt.understand import understand
from tdiff.store.access import store_troubles
from tdiff.store.progress import Progress, load_progress

if TYPE_CHECKING:
    from tdiff.recipe import Recipe

_WIDEST = 100  # columns that are still good to read


def run_lesson(number: int | None, plain: bool, recipe: "Recipe", as_json: bool = False) -> None:
    """List the lessons, or print one.

    Args:
        number: which lesson; None lists them.
        plain: print it. A lesson that is not to be printed belongs to the explorer.
        recipe: what its experiments start from.
        as_json: print one JSON object instead of text.

    Raises:
        UsageError: there is no such lesson, or the prompt has no effect.
        LessonError: the lesson has no cards, or its file is malformed.
    """
    if number is None:
        _list_as_json() if as_json else _list()
        return
    if number not in titles():
        raise UsageError(
            f"there are lessons {min(titles())} to {max(titles())}, not {number}", remedy="tdiff lesson lists them"
        )
    if not (plain or as_json):
        raise UsageError(
            f"lesson {number} opens in the explorer with tdiff --lesson {number}", remedy="add --plain to print it"
        )
    lesson = load_lesson(number)

    from tdiff import load
    from tdiff.lessons.core.as_json import content
    from tdiff.lessons.core.bench import Bench
    from tdiff.lessons.core.plain import plain as lines_of

    require_effect(understand(recipe.prompt), allow_unknown=False)
    say_fates(understand(recipe.prompt))
    bench = Bench(load(), recipe)
    if as_json:
        put_json("tdiff.lesson/1", content(lesson, bench))
        return
    for line in lines_of(lesson, bench, min(shutil.get_terminal_size().columns, _WIDEST)):
        put(line)


def _list() -> None:
    progress, there = _progress(), available()
    for number, title in titles().items():
        state = _state(number, progress) if number in there else "no cards yet"
        put(f"{number}  {title:<12} {state}".rstrip())


def _list_as_json() -> None:
    progress, there = _progress(), available()
    put_json("tdiff.lessons/1", {"lessons": [_entry(number, progress) for number in titles() if number in there]})


def _progress() -> Progress | None:
    """What the learner has done so far; None where nobody knows, which is said."""
    progress, trouble = load_progress()
    troubles = store_troubles() or ((trouble,) if trouble else ())
    for sentence in troubles:
        say(sentence)
    return None if troubles else progress


def _entry(number: int, progress: Progress | None) -> dict[str, object]:
    """A lesson in a list; null for what nobody knows."""
    lesson = load_lesson(number)
    score = None if progress is None else progress.quiz_score(number)
    return {
        "number": number,
        "name": titles()[number],
        "title": lesson.title,
        "tagline": lesson.tagline,
        "cards": len(lesson.cards),
        "seen": None if progress is None else sum(card.id in progress.seen for card in lesson.cards),
        "quiz": None if score is None else {"right": score[0], "questions": score[1]},
    }


def _state(number: int, progress: Progress | None) -> str:
    """How far a lesson has come; None where nobody knows."""
    lesson = load_lesson(number)
    if progress is None:
        return f"{lesson.title} ({len(lesson.cards)} cards)"
    seen = sum(card.id in progress.seen for card in lesson.cards)
    score = progress.quiz_score(number)
    quiz = f", quiz {score[0]} of {score[1]}" if score else ""
    return f"{lesson.title} ({seen} of {len(lesson.cards)} cards seen{quiz})"
