"""Where to save, and as what: the ending of the name decides."""

from pathlib import Path

from tdiff.errors import ExistsError, TdiffError
from tdiff.files import free_name
from tdiff.render.palette import Depth
from tdiff.typed_path import path_to_write
from tdiff.ui.screens.dialogs import Ask, Dialog
from tdiff.views.export import Saving


class ExportDialog(Dialog):
    """Saves what is shown under a name whose ending says as what; never over a file that is there.

    Args:
        shown: what is saved.
        keep_prompt: whether the prompt goes into the file and into the name that is offered.
        depth: colours of a text file.
    """

    def __init__(self, shown: Saving, keep_prompt: bool, depth: Depth) -> None:
        self._shown, self._keep_prompt = shown, keep_prompt
        self._depth: Depth = "true" if depth in ("mono", "ascii") else depth
        name = free_name(Path(), shown.stem(keep_prompt), shown.endings[0])
        without = "" if keep_prompt else " The prompt is left out (privacy setting)."
        scale = Ask("scale", "enlarge pictures (1 keeps the model's own pixels)", str(shown.scale))
        super().__init__("export", f"{shown.about}{without}", (Ask("path", "file", str(name)), scale), "save")

    def refusal(self, answers: dict[str, str]) -> str:
        """Save; what cannot be saved is said, and the dialog stays."""
        if not answers["path"].strip():
            return "a file needs a name, such as frog.png"
        path = path_to_write(answers["path"])
        ending = next((ending for ending in self._shown.endings if path.name.lower().endswith(ending)), None)
        if ending is None:
            return f"the name must end in one of {', '.join(self._shown.endings)}"
        if not answers["scale"].strip().isdecimal():
            return "enlarge must be a whole number, such as 8 for pixels eight times as large"
        try:
            self._shown.save(path, ending, int(answers["scale"]), self._keep_prompt, self._depth)
        except ExistsError as error:
            return error.with_remedy("choose another name or remove it first")
        except TdiffError as error:
            return str(error)
        return ""
