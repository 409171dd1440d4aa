"""What can go wrong while the small denoiser trains."""

from tdiff.errors import TdiffError


class DivergedError(TdiffError):
    """The weights ran off to where no loss can be computed any more."""
