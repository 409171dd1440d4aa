"""What a sampler declares about itself: all that the rest of tdiff knows of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tdiff.samplers.state import SolverState

if TYPE_CHECKING:
    from tdiff.arrays import F32

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """A way from noise to picture.

    Raises:
        ValueError: the name cannot be typed as an option, or a step asks the network less than once.
    """

    name: str
    """As in recipes and on the command line: lower-case letters, digits and underscores."""
    label: str
    """As people write it: "dpm++ 2m"."""
    note: str
    """What is special about it, in a few words."""
    paper: str
    """Authors and year."""
    equation: str
    """Which equation or algorithm of the paper a step is."""
    a1111_name: str
    """As image tools after AUTOMATIC1111's web UI write it into files: "DPM++ 2M"."""
    advance: "Callable[[SolverState], F32]"
    """Takes one step and returns x_next, (B, H, W, 3)."""
    order: int | None = None
    """How fast it nears the exact solution of the probability-flow equation: halving the steps' length divides the
    error by 2 to this power. None where noise is added, so that there is no one solution."""
    takes_eta: bool = False
    """Whether η decides how much noise a step adds."""
    calls_per_step: int = 1
    """Network calls in every step but the last, which always takes one."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name for a sampler: use lower-case letters, digits and underscores")
        if self.calls_per_step < 1:
            raise ValueError(f"{self.name} asks the network {self.calls_per_step} times a step: it needs at least one")

    @property
    def ancestral(self) -> bool:
        """Whether every step but the last adds noise, whatever the settings."""
        return self.order is None

    def __str__(self) -> str:
        """Label, note and paper: what a screen says when the sampler is chosen."""
        return f"{self.label}: {self.note} ({self.paper})"
