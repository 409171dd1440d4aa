"""Asking for a picture or a recipe to open."""

from tdiff.errors import TdiffError
from tdiff.provenance.recipe_file import read_recipe_file
from tdiff.ui.screens.dialogs import NO_FILE, Dialog, path_of


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
