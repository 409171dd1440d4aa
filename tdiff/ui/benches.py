"""Making the benches. Importing them takes longer than painting the first screen, so that happens behind it."""

import importlib

from tdiff.lessons.core.loader import STUDIO
from tdiff.recipe import Recipe
from tdiff.ui.explorer import Explorer
from tdiff.ui.screens.bench_screen import BenchScreen
from tdiff.views.session import Session


def prepare(number: int) -> None:
    """Import what a bench needs, from any thread."""
    importlib.import_module("tdiff.ui.screens.studio_screen" if number == STUDIO else "tdiff.ui.screens.lesson_screen")
    if number == STUDIO:
        return
    from tdiff.lessons.core.finding import experiment_module
    from tdiff.lessons.core.loader import available, load_lesson

    for card in load_lesson(number).cards if number in available() else ():
        if card.experiment is not None:
            importlib.import_module(experiment_module(card.experiment))


def make_bench(number: int, recipe: Recipe, explorer: Explorer) -> BenchScreen | None:
    """Return the screen of a lesson or of the studio; None if it has no content."""
    every_step = not explorer.reduced_motion
    if number == STUDIO:
        from tdiff.ui.screens.studio_screen import StudioScreen

        keeps = explorer.config.privacy.history
        session = Session(recipe, looks=explorer.looks, choice=explorer.choice, words=explorer.words)
        return StudioScreen(session, every_step, keeps)
    from tdiff.lessons.core.loader import available
    from tdiff.ui.screens.lesson_screen import LessonScreen

    return LessonScreen(number, Session(recipe, choice=explorer.choice), every_step) if number in available() else None
