"""Asking for a picture, a recipe or a trace to open."""

from tdiff.errors import TdiffError
from tdiff.provenance.recipe_file import read_recipe_file
from tdiff.traces.reader import is_trace, open_trace
from tdiff.ui.screens.dialogs import NO_FILE, Dialog, path_of


class OpenDialog(Dialog):
    """Which file."""

    def refusal(self, answers: dict[str, str]) -> str:
        """It must hold a recipe, or a recorded run."""
        if not answers["path"].strip():
            return NO_FILE
        path = path_of(answers)
        try:
            if is_trace(path):
                open_trace(path)
            else:
                read_recipe_file(path)
        except TdiffError as error:
            return str(error)
        return ""
