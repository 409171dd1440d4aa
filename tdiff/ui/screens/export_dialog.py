"""Where to save, and as what: the ending of the name decides."""

from pathlib import Path
from typing import Final

import numpy as np

from tdiff.errors import ExistsError, TdiffError
from tdiff.files import free_name, slug, write_atomic
from tdiff.provenance.export import KINDS, export_bytes
from tdiff.provenance.write import text_fields
from tdiff.render.gif import gif_bytes
from tdiff.render.palette import Depth
from tdiff.render.sheet import sheet_bytes
from tdiff.typed_path import path_to_write
from tdiff.ui.screens.dialogs import Ask, Dialog
from tdiff.views.view import Export

_SERIES_KINDS: Final = ("png", "gif")
_ONE: Final = (
    "The ending decides: .png the finished picture, .gif film of all steps, .ans coloured text for cat, .json recipe. "
    "PNG and GIF say inside that a model made them, and how."
)
_SERIES: Final = (
    "The ending decides: .png all pictures side by side with their names, .gif one after the other. "
    "Both say inside that a model made them."
)


class ExportDialog(Dialog):
    """Saves a picture, its film, its text or its recipe, or a series; never over a file that is there.

    Args:
        shown: what is saved.
        keep_prompt: whether the prompt goes into the file and into the name that is offered.
        depth: colours of a text file.
    """

    def __init__(self, shown: Export, keep_prompt: bool, depth: Depth) -> None:
        self._shown, self._keep_prompt = shown, keep_prompt
        self._depth: Depth = "true" if depth in ("mono", "ascii") else depth
        recipe = shown.recipe
        name = free_name(Path(), f"{slug(recipe.prompt if keep_prompt else '')}-{recipe.seed}", ".png")
        without = "" if keep_prompt else " The prompt is left out (privacy setting)."
        scale = Ask("scale", "enlarge (1 keeps the model's own 32×32 pixels)", "4" if shown.labels else "1")
        text = f"{_SERIES if shown.labels else _ONE}{without}"
        super().__init__("export", text, (Ask("path", "file", str(name)), scale), "save")

    def refusal(self, answers: dict[str, str]) -> str:
        """Save; what cannot be saved is said, and the dialog stays."""
        if not answers["path"].strip():
            return "a file needs a name, such as frog.png"
        path = path_to_write(answers["path"])
        kind = path.suffix.lower().removeprefix(".")
        kinds = _SERIES_KINDS if self._shown.labels else KINDS
        if kind not in kinds:
            return f"the name must end in one of {', '.join('.' + kind for kind in kinds)}"
        if not answers["scale"].strip().isdecimal():
            return "enlarge must be a whole number, such as 8 for pixels eight times as large"
        try:
            write_atomic(path, self._content(kind, int(answers["scale"])))
        except ExistsError as error:
            return error.with_remedy("choose another name or remove it first")
        except TdiffError as error:
            return str(error)
        return ""

    def _content(self, kind: str, scale: int) -> bytes:
        shown = self._shown
        if not shown.labels:
            return export_bytes(kind, shown.recipe, shown.frames, scale, self._keep_prompt, self._depth)
        fields = text_fields(shown.recipe, self._keep_prompt)
        source = {key: value for key, value in fields.items() if key.startswith("XML:")}  # no one recipe made it
        if kind == "gif":
            return gif_bytes(shown.frames, scale, source)
        labels = shown.labels if self._keep_prompt else [str(place) for place in range(1, len(shown.labels) + 1)]
        return sheet_bytes(np.stack(shown.frames), labels, (), scale, source)
