"""Asking for a picture of one's own."""

from tdiff.errors import TdiffError
from tdiff.render.load import load_picture
from tdiff.ui.screens.dialogs import NO_FILE, Ask, Dialog, path_of


class PictureDialog(Dialog):
    """Which picture; what it returns names a file that could be read.

    Args:
        text: what becomes of it.
    """

    def __init__(self, text: str) -> None:
        asked = Ask("path", "path of a PNG, JPEG, WebP or GIF file on this machine", hint="~/Pictures/cat.jpg")
        super().__init__("your picture", text, (asked,))

    def refusal(self, answers: dict[str, str]) -> str:
        """The picture must be readable."""
        if not answers["path"].strip():
            return NO_FILE
        try:
            load_picture(path_of(answers))
        except TdiffError as error:
            return str(error)
        return ""
