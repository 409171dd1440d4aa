"""What tests of labs look at, and the recipe and sizes they begin with."""

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


async def came(app, pilot, until):
    """The lab once its first state is there."""
    await until(pilot, lambda: app.screen.course.lab.wish() is None)
    return app.screen.course.lab


async def opened(app, pilot, until):
    """The studio, once its first picture is finished."""
    await until(pilot, lambda: app.pipeline is not None and app.screen.session.at_end)
    return app.screen
