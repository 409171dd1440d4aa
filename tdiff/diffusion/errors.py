"""What can go wrong while a picture is made."""

from tdiff.errors import TdiffError, UsageError


class SettingError(UsageError):
    """A setting, a seed or an array that no run can be made with."""


class NotFiniteError(TdiffError):
    """The network answered with something that is not a number."""

    kind = "numbers"
