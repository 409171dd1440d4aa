"""The errors that a user may meet. Each says what is wrong, why, and what to do, in one sentence."""

from typing import ClassVar


class TdiffError(Exception):
    """Anything that tdiff refuses or cannot do. As text it is one sentence: what, why, and what to do.

    Attributes:
        message: what is wrong, and why.
        remedy: what to do about it; "" where nothing helps. Where another remedy is at hand, as in a dialog, say the
            message with that one.
        exit_code: what the command line ends with.
        kind: a word for programs, which `--json` gives beside the message; docs/commands.md lists them.
    """

    exit_code: ClassVar[int] = 1
    kind: ClassVar[str] = "failed"

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy

    def __str__(self) -> str:
        """The whole sentence."""
        return self.with_remedy(self.remedy)

    def with_remedy(self, remedy: str) -> str:
        """Return the sentence with another remedy, or with none where it is ""."""
        if not remedy:
            return self.message
        return f"{self.message}{';' if ': ' in self.message else ':'} {remedy}"


class UsageError(TdiffError):
    """A value or a combination of options that makes no sense."""

    exit_code = 2
    kind = "usage"


class RecipeError(UsageError):
    """A field of a recipe is missing, of the wrong type, or out of range.

    Attributes:
        field: which field, or "" where it is the whole recipe.
    """

    kind = "recipe"

    def __init__(self, message: str, field: str = "", *, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.field = field


class PromptError(UsageError):
    """No word of the prompt has an effect, or its text cannot be read."""

    kind = "prompt"


class ConfigError(UsageError):
    """The settings file is not understood."""

    kind = "settings"


class ImageError(TdiffError):
    """A picture cannot be read, or is not one that tdiff accepts."""

    kind = "picture"


class WeightsError(TdiffError):
    """A weights file is damaged, incomplete, or not the one expected."""

    kind = "weights"


class TraceError(TdiffError):
    """A trace file is damaged, was not recorded by tdiff, or is beyond the limits."""

    kind = "trace"


class OutputError(TdiffError):
    """A file cannot be written, or is there already."""

    kind = "output"


class ExistsError(OutputError):
    """A file is there already, and was left as it is."""

    kind = "exists"


class AssetError(TdiffError):
    """A file that ships with tdiff is missing, so the installation is broken."""

    kind = "installation"
