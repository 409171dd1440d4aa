"""What tests of labs look at, and the recipe and sizes they begin with."""

from tdiff.lessons.core.loader import load_lesson
from tdiff.recipe import Recipe
from tdiff.ui.widgets.guide import Guide
from tdiff.ui.widgets.status_lines import CaptionLine

SMALL, BIG, LARGE = (80, 24), (120, 36), (160, 50)
QUICK = Recipe(prompt="a red apple", steps=4, seed=1)


def page(app):
    return app.screen.query_one(Guide).page


def notice(app) -> str:
    return app.screen.query_one(CaptionLine).text


def seen(app) -> str:
    """All that is on the screen."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def turn_to(app, pilot, card: str) -> None:
    """Turn to a card of the lesson that is open."""
    place = [each.id for each in load_lesson(app.screen.number).cards].index(card)
    by = place - app.screen.course.notebook.at
    await pilot.press(*["right_square_bracket" if by > 0 else "left_square_bracket"] * abs(by))


async def came(app, pilot, until):
    """The lab once its first state is there."""
    await until(pilot, lambda: app.screen.course.lab.wish() is None)
    return app.screen.course.lab


async def opened(app, pilot, until):
    """The studio, once its first picture is finished."""
    await until(pilot, lambda: app.pipeline is not None and app.screen.session.at_end)
    return app.screen
