"""How often the tests of reliability try something: a little in every run, the full counts where they are asked for."""

import os
from typing import Final

FULL: Final = bool(os.environ.get("TDIFF_FULL"))
"""Set by `TDIFF_FULL=1 python -m pytest …`, as docs/reliability.md says."""


def times(quick: int, full: int) -> int:
    """How often in this run."""
    return full if FULL else quick
