"""Saving, copying and opening: what leaves the bench and what comes back to it."""

from dataclasses import fields

import numpy as np
from textual import on
from textual.screen import Screen

from tdiff.diffusion import Trace
from tdiff.diffusion.run import PICTURE
from tdiff.errors import TdiffError
from tdiff.pipeline import from_pixels, to_pixels
from tdiff.prompt.command import command_of
from tdiff.provenance.recipe_file import read_recipe_file
from tdiff.recipe import Recipe, Switch
from tdiff.text import clean_text
from tdiff.ui.screens.dialogs import NO_FILE, Ask, Dialog, path_of
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.status_lines import CaptionLine, TwinLine
from tdiff.views.shown_command import ShownCommand


class BenchKeeping(Screen[None]):
    """Export, copy, open."""

    def twin(self) -> ShownCommand:
        """The command that makes what is shown, where no picture in front has its own."""
        return ShownCommand(command_of(self.session.recipe, self.session.picture_path))

    @on(Canvases.FrontChanged)
    def _front_changed(self) -> None:
        self.draw_twin()
        self.query_one(CaptionLine).caption(self.caption())

    def draw_twin(self) -> None:
        """Show the command of the picture in front, or of all where all are in sight."""
        canvases = self.query_one(Canvases)
        front = canvases.front if canvases.turnable else None
        parts, own = (front.parts, front.twin) if front is not None else ((), None)
        self.query_one(TwinLine).show(own or self.twin(), parts)

    @on(TwinLine.Wanted)
    def action_copy(self) -> None:
        """Send the command to the terminal's clipboard."""
        command = self.query_one(TwinLine).command
        if not command:
            self.notice("no command makes what is shown, so there is none to copy")
            return
        self.app.copy_to_clipboard(command)
        self.notice("command sent to the terminal's clipboard; e saves it to a file")

    def to_export(self) -> tuple[Recipe, Trace | None] | None:
        """What is on show: its recipe and its run; None, and said, where it is nothing that a file could repeat."""
        return self.session.recipe, self.session.trace

    def action_export(self) -> None:
        """Save the picture, its film, its text or its recipe."""
        from tdiff.ui.screens.export_dialog import ExportDialog

        shown, pipeline = self.to_export(), self.app.pipeline
        if shown is None:
            return
        recipe, trace = shown
        if pipeline is None or trace is None or not trace.finished:
            self.notice("the picture is not finished: enter runs to the end, then e saves it")
            return
        frames = [*(to_pixels(step.x_t[0]) for step in trace), to_pixels(trace.final[0])]
        recipe = recipe.replace(model=pipeline.info.hash)
        keep = self.app.config.privacy.keep_prompts

        def done(answers: dict[str, str] | None) -> None:
            if answers is not None:
                self.notice(f"saved {clean_text(str(path_of(answers).resolve()))}")

        self.app.push_screen(ExportDialog(recipe, frames, keep, self.depth), done)

    def action_open(self) -> None:
        """Open a picture or a recipe."""
        ask = Ask("path", "a picture that tdiff made, or a recipe (.json)")
        self.app.push_screen(OpenDialog("open", "Its recipe comes to the bench.", (ask,), "open"), self._opened)

    def _opened(self, answers: dict[str, str] | None) -> None:
        if answers is not None:
            path = path_of(answers)
            found = read_recipe_file(path)
            self.recall(found.recipe)
            if not self.query_one(CaptionLine).has_notice:
                switched = [f"; {said}" for said in map(_said_of, found.recipe.switches)]
                warned = [f"; {warning}" for warning in found.warnings]
                self.notice(f"opened {clean_text(path.name, 60)}{''.join([*warned, *switched])}")

    def recall(self, recipe: Recipe, start: bytes | None = None) -> None:
        """Bring a recipe to the bench and make its picture.

        Args:
            recipe: how it was made.
            start: pixels of the picture that it started from, where they were kept.
        """
        if recipe.start is not None and start is not None:
            picture = from_pixels(np.frombuffer(start, np.uint8).reshape(PICTURE))
            self.session.start_from(picture, None, recipe.replace(model=None, watermark=None))
            self.notice("it starts from the picture that it started from then")
            self.aim(self.session.total)
            return
        if recipe.start is not None and self.session.recipe.start != recipe.start:
            self.notice("its start picture is not in it: here it starts from noise; i gives one")
            recipe = recipe.replace(start=None)
        elif self.app.pipeline is not None and recipe.model not in (None, self.app.pipeline.info.hash):
            self.notice(
                f"made with model {recipe.model}; this is {self.app.pipeline.info.hash}, so it comes out otherwise"
            )
        elif recipe.watermark is not None:
            self.notice(f"its hidden mark {recipe.watermark} is left out here: generate --recipe FILE makes it with it")
        else:
            self.notice("")
        self.change(**{f.name: getattr(recipe, f.name) for f in fields(recipe)} | {"model": None, "watermark": None})
        self.aim(self.session.total)


def _said_of(switch: Switch) -> str:
    """What happens at a switch."""
    texts = [("prompt", switch.prompt), ("negative", switch.negative)]
    turns = [f"its {kind} turns to “{clean_text(text, 40)}”" for kind, text in texts if text is not None]
    return f"at step {switch.step + 1} {' and '.join(turns)}"


class OpenDialog(Dialog):
    """Which file."""

    def refusal(self, answers: dict[str, str]) -> str:
        """It must hold a recipe."""
        if not answers["path"].strip():
            return NO_FILE
        try:
            read_recipe_file(path_of(answers))
        except TdiffError as error:
            return str(error)
        return ""
