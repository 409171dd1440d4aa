"""`tdiff lesson`: which lessons there are, and a lesson as text."""

import shutil
from typing import TYPE_CHECKING

from tdiff.commands.console import put, say, say_fates
from tdiff.errors import UsageError
from tdiff.lessons.core.loader import available, load_lesson, titles
from tdiff.prompt.explain import require_effect
from tdiff.prompt.understand import understand
from tdiff.store.access import store_troubles
from tdiff.store.progress import Progress, load_progress

if TYPE_CHECKING:
    from tdiff.recipe import Recipe

_WIDEST = 100  # columns that are still good to read


def run_lesson(number: int | None, plain: bool, recipe: "Recipe") -> None:
    """List the lessons, or print one.

    Args:
        number: which lesson; None lists them.
        plain: print it. A lesson that is not to be printed belongs to the explorer.
        recipe: what its experiments start from.

    Raises:
        UsageError: there is no such lesson, or the prompt has no effect.
        LessonError: the lesson has no cards, or its file is malformed.
    """
    if number is None:
        _list()
        return
    if number not in titles():
        raise UsageError(
            f"there are lessons {min(titles())} to {max(titles())}, not {number}", remedy="tdiff lesson lists them"
        )
    if not plain:
        raise UsageError(
            f"lesson {number} opens in the explorer with tdiff --lesson {number}", remedy="add --plain to print it"
        )
    lesson = load_lesson(number)

    from tdiff import load
    from tdiff.lessons.core.bench import Bench
    from tdiff.lessons.core.plain import plain as lines_of

    require_effect(understand(recipe.prompt), allow_unknown=False)
    say_fates(understand(recipe.prompt))
    for line in lines_of(lesson, Bench(load(), recipe), min(shutil.get_terminal_size().columns, _WIDEST)):
        put(line)


def _list() -> None:
    progress, trouble = load_progress()
    troubles = store_troubles() or ((trouble,) if trouble else ())
    for sentence in troubles:
        say(sentence)
    there = available()
    for number, title in titles().items():
        state = _state(number, None if troubles else progress) if number in there else "no cards yet"
        put(f"{number}  {title:<12} {state}".rstrip())


def _state(number: int, progress: Progress | None) -> str:
    """How far a lesson has come; None where nobody knows."""
    lesson = load_lesson(number)
    if progress is None:
        return f"{lesson.title} ({len(lesson.cards)} cards)"
    seen = sum(card.id in progress.seen for card in lesson.cards)
    score = progress.quiz_score(number)
    quiz = f", quiz {score[0]} of {score[1]}" if score else ""
    return f"{lesson.title} ({seen} of {len(lesson.cards)} cards seen{quiz})"
