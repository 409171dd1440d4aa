"""Lesson 3 in an explorer, and what tests of its labs ask of it."""

import numpy as np

from tdiff.recipe import Recipe
from tdiff.ui.widgets.guide import Guide
from tdiff.ui.widgets.status_lines import CaptionLine
from tests.ui.looking import turn_to

FROG = Recipe(prompt="a blue frog", steps=8, guidance=4.0, seed=3)  # as many steps as the fewest of a card
CARDS = {
    "swap": "swap-a-word",
    "words": "word-maps",
    "matching": "match-four",
    "guidance": "guidance-dial",
    "negative": "negative-slot",
    "switching": "when-decided",
}


class Lesson:
    """Lesson 3 in an explorer, and what a test asks of it."""

    def __init__(self, app, pilot, until) -> None:
        self.app, self.pilot, self._until = app, pilot, until

    async def turn_to(self, lab: str) -> None:
        """Turn to a card that offers the lab."""
        await turn_to(self.app, self.pilot, CARDS[lab])

    async def open(self, lab: str) -> None:
        """Turn to a card that offers the lab, and open it."""
        await self.turn_to(lab)
        await self.pilot.press("l")
        await self.until(lambda: self.lab is not None)
        await self.settled()

    async def until(self, true) -> None:
        await self._until(self.pilot, true)

    async def settled(self) -> None:
        """Wait until all that the lab wishes for is made and drawn."""
        await self.pilot.pause()
        await self.until(
            lambda: (
                self.lab.wish() is None and not self.screen.controller.computing.busy and not self.screen.drawing._frame
            )
        )
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settled()

    @property
    def screen(self):
        return self.app.screen

    @property
    def lab(self):
        return self.app.screen.course.lab

    @property
    def page(self):
        return self.screen.query_one(Guide).page

    @property
    def said(self) -> str:
        return self.screen.query_one(CaptionLine).text

    def figure(self, title: str):
        return next(figure for figure in self.lab.figures() if title in figure.title)


def as_made(lesson: Lesson, figure, recipe: Recipe) -> bool:
    """Whether a figure is the picture of a recipe; batches may round another way."""
    made = lesson.app.pipeline.generate(recipe)[0]
    return int(np.abs(figure.picture.astype(int) - made).max()) <= 1
