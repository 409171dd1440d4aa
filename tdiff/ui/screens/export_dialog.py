"""Where to save, and as what: the ending of the name decides."""

from collections.abc import Sequence
from pathlib import Path

from tdiff.arrays import U8
from tdiff.errors import ExistsError, TdiffError
from tdiff.files import free_name, slug, write_atomic
from tdiff.provenance.export import KINDS, export_bytes
from tdiff.recipe import Recipe
from tdiff.render.palette import Depth
from tdiff.typed_path import path_to_write
from tdiff.ui.screens.dialogs import Ask, Dialog


class ExportDialog(Dialog):
    """Saves a picture, its film, its text or its recipe; never over a file that is there.

    Args:
        recipe: how the picture was made.
        frames: the pictures on the way, the finished one last.
        keep_prompt: whether the prompt goes into the file and into the name that is offered.
        depth: colours of a text file.
    """

    def __init__(self, recipe: Recipe, frames: Sequence[U8], keep_prompt: bool, depth: Depth) -> None:
        self._recipe, self._frames, self._keep_prompt = recipe, frames, keep_prompt
        self._depth: Depth = "true" if depth in ("mono", "ascii") else depth
        name = free_name(Path(), f"{slug(recipe.prompt if keep_prompt else '')}-{recipe.seed}", ".png")
        without = "" if keep_prompt else " The prompt is left out (privacy setting)."
        super().__init__(
            "export",
            "The ending decides: .png the finished picture, .gif film of all steps, .ans coloured text for cat, "
            ".json recipe. "
            f"PNG and GIF say inside that a model made them, and how.{without}",
            (Ask("path", "file", str(name)), Ask("scale", "enlarge (1 keeps the model's own 32×32 pixels)", "1")),
            "save",
        )
        self.saved: Path | None = None

    def refusal(self, answers: dict[str, str]) -> str:
        """Save; what cannot be saved is said, and the dialog stays."""
        if not answers["path"].strip():
            return "a file needs a name, such as frog.png"
        path = path_to_write(answers["path"])
        kind = path.suffix.lower().removeprefix(".")
        if kind not in KINDS:
            return f"the name must end in one of {', '.join('.' + kind for kind in KINDS)}"
        if not answers["scale"].strip().isdecimal():
            return "enlarge must be a whole number, such as 8 for pixels eight times as large"
        try:
            data = export_bytes(kind, self._recipe, self._frames, int(answers["scale"]), self._keep_prompt, self._depth)
            write_atomic(path, data)
        except ExistsError as error:
            return error.with_remedy("choose another name or remove it first")
        except TdiffError as error:
            return str(error)
        return ""
