"""What leaves the bench, and what comes back to it: copying, saving, opening."""

from typing import TYPE_CHECKING

from tdiff.errors import TdiffError
from tdiff.text import clean_text
from tdiff.traces.reader import is_trace
from tdiff.ui.screens.dialogs import Ask, path_of
from tdiff.ui.screens.open_dialog import OpenDialog
from tdiff.ui.screens.picture_dialog import PictureDialog
from tdiff.ui.widgets.status_lines import CommandLine
from tdiff.views.export import saving_of
from tdiff.views.trace_opening import view_of_traces
from tdiff.views.view import Export

if TYPE_CHECKING:
    from tdiff.ui.screens.bench_screen import BenchScreen


class Keeping:
    """Asks where from and where to.

    Args:
        screen: the bench.
    """

    def __init__(self, screen: "BenchScreen") -> None:
        self._screen = screen

    def copy(self) -> None:
        """Send the command to the terminal's clipboard."""
        command = self._screen.query_one(CommandLine).command
        if not command:
            self._screen.port.say("no command makes what is shown, so there is none to copy")
            return
        self._screen.app.copy_to_clipboard(command)
        self._screen.port.say("command sent to the terminal's clipboard; e saves it to a file")

    def export(self) -> None:
        """Save the picture, its film, its text or its recipe."""
        from tdiff.ui.screens.export_dialog import ExportDialog

        shown, pipeline = self._screen.view.export(), self._screen.port.pipeline
        if isinstance(shown, str):
            self._screen.port.say(shown)
            return
        if isinstance(shown, Export):
            if pipeline is None:
                self._screen.port.say("the model is being loaded …")
                return
            shown = saving_of(shown, pipeline)
        keep = self._screen.app.config.privacy.keep_prompts

        def done(answers: dict[str, str] | None) -> None:
            if answers is not None:
                self._screen.port.say(f"saved {clean_text(str(path_of(answers).resolve()))}")

        self._screen.app.push_screen(ExportDialog(shown, keep, self._screen.app.depth), done)

    def open(self) -> None:
        """Open a picture or a recipe, or bring the view a picture."""
        if self._screen.view.brings:
            self._screen.app.push_screen(PictureDialog(self._screen.view.brings), self._bring)
            return
        ask = Ask("path", "a picture that tdiff made, a recipe (.json) or a recorded run (.tdiff)")
        text = "A recipe comes to the bench; a recorded run is looked at in the studio."
        self._screen.app.push_screen(OpenDialog("open", text, (ask,), "open"), self._opened)

    def _bring(self, answers: dict[str, str] | None) -> None:
        if answers is not None:
            self._screen.controller.opening.bring(path_of(answers))

    def _opened(self, answers: dict[str, str] | None) -> None:
        if answers is None:
            return
        path = path_of(answers)
        if not is_trace(path):
            self._screen.controller.opening.open(path)
            return
        try:
            self._screen.app.open_view(view_of_traces([path]))
        except TdiffError as error:  # it has changed since it was chosen
            self._screen.port.say(str(error), trouble=True)
