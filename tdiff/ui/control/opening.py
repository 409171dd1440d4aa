"""Bringing pictures and recipes from elsewhere: files, the history, a cell of a grid."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tdiff.diffusion.run import PICTURE
from tdiff.engines.differing import what_differs
from tdiff.errors import TdiffError
from tdiff.pipeline import from_pixels
from tdiff.provenance.recipe_file import read_recipe_file
from tdiff.recipe import Recipe, Switch
from tdiff.render.load import load_picture
from tdiff.text import clean_text

if TYPE_CHECKING:
    from tdiff.ui.control.controller import Controller


class Opening:
    """Brings them to the run, or to the view that takes pictures.

    Args:
        controller: of both.
    """

    def __init__(self, controller: "Controller") -> None:
        self._controller = controller

    def bring(self, path: Path) -> None:
        """Give the view a picture of one's own."""
        try:
            loaded = load_picture(path)
        except TdiffError as error:  # it has changed since it was chosen
            self._controller.say(str(error), trouble=True)
            return
        self._controller.say("; ".join(loaded.notes))
        self._controller.do(lambda: self._controller.view.bring(loaded.picture, clean_text(path.name, 60)))

    def open(self, path: Path) -> None:
        """Bring the recipe of a file to the bench."""
        try:
            found = read_recipe_file(path)
        except TdiffError as error:  # it has changed since it was chosen
            self._controller.say(str(error), trouble=True)
            return
        self.recall(found.recipe)
        if not self._controller.port.said:
            switched = [f"; {said}" for said in map(_said_of, found.recipe.switches)]
            warned = [f"; {warning}" for warning in found.warnings]
            if found.grid is not None:
                warned.append("; it shows a grid: here is what its cells share, and tdiff grid --recipe makes it")
            self._controller.say(f"opened {clean_text(path.name, 60)}{''.join([*warned, *switched])}")

    def recall(self, recipe: Recipe, start: bytes | None = None) -> None:
        """Bring a recipe to the bench and make its picture.

        Args:
            recipe: how it was made.
            start: pixels of the picture that it started from, where they were kept.
        """
        run, pipeline = self._controller.run, self._controller.port.pipeline
        self._controller.say("")
        self._controller.show_run()
        if recipe.start is not None and pipeline is not None and pipeline.model.shape != PICTURE:
            self.take(recipe.replace(start=None))
            self._controller.say(f"it started from a picture, which {pipeline.info.name} cannot: here from noise")
            return
        if recipe.start is not None and start is not None:
            picture = from_pixels(np.frombuffer(start, np.uint8).reshape(PICTURE))
            self._controller.do(lambda: run.start_from(picture, None, recipe.without_maker().replace(watermark=None)))
            self._controller.say("it starts from the picture that it started from then")
            return
        said = ""
        if recipe.start is not None and run.recipe.start != recipe.start:
            said = "its start picture is not in it: here it starts from noise; i gives one"
            recipe = recipe.replace(start=None)
        elif pipeline is not None and what_differs(recipe, pipeline.info):
            said = what_differs(recipe, pipeline.info)
        elif recipe.watermark is not None:
            said = f"its hidden mark {recipe.watermark} is left out here: generate --recipe FILE makes it with it"
        self.take(recipe)
        self._controller.say(said)

    def take(self, recipe: Recipe) -> None:
        """Bring a whole recipe to the bench, and make its picture to the end."""
        self._controller.show_run()
        self._controller.do(lambda: self._controller.run.change(recipe.without_maker().replace(watermark=None)))
        self._controller.do(self._controller.run.go_on)


def _said_of(switch: Switch) -> str:
    """What happens at a switch."""
    texts = [("prompt", switch.prompt), ("negative", switch.negative)]
    turns = [f"its {kind} turns to “{clean_text(text, 40)}”" for kind, text in texts if text is not None]
    return f"at step {switch.step + 1} {' and '.join(turns)}"
