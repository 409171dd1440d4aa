"""The errors that a user may meet. Each says what is wrong, why, and what to do, in one sentence."""


class TdiffError(Exception):
    """Anything that tdiff refuses or cannot do; `exit_code` is what the command line ends with."""

    exit_code = 1


class UsageError(TdiffError):
    """A value or a combination of options that makes no sense."""

    exit_code = 2


class RecipeError(UsageError):
    """A field of a recipe is missing, of the wrong type, or out of range.

    Attributes:
        field: which field, or "" where it is the whole recipe.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class PromptError(UsageError):
    """No word of the prompt has an effect, or its text cannot be read."""


class ConfigError(UsageError):
    """The settings file is not understood."""


class ImageError(TdiffError):
    """A picture cannot be read, or is not one that tdiff accepts."""


class WeightsError(TdiffError):
    """A weights file is damaged, incomplete, or not the one expected."""


class TraceError(TdiffError):
    """A trace file is damaged, was not recorded by tdiff, or is beyond the limits."""


class OutputError(TdiffError):
    """A file cannot be written, or is there already."""


class AssetError(TdiffError):
    """A file that ships with tdiff is missing, so the installation is broken."""
