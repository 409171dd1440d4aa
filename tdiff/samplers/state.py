"""What a sampler is given to take one step.

The arrays come ready made and know their own arithmetic, so this and the samplers load no numpy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tdiff.arrays import F32


class Level(NamedTuple):
    """A point of the time grid."""

    t: float
    """Time, as the network is told it."""
    alpha: float
    """Share of picture."""
    sigma: float
    """Share of noise: the noise level."""


@dataclass(frozen=True, eq=False)
class Guess:
    """An earlier clean guess and where on the grid it was made."""

    x0: "F32"
    level: Level


@dataclass(frozen=True, eq=False)
class SolverState:
    """What is known at a point of the grid when a step is taken to the next. Arrays are (B, H, W, 3).

    The prediction is guided, clipped if asked for, and consistent: x_t = α·x0 + σ·eps.
    """

    now: Level
    next: Level
    """Of σ = 0 and α = 1 in the last step."""
    x_t: "F32"
    eps: "F32"
    x0: "F32"
    eta: float
    previous: Guess | None
    """The clean guess of the step before; None in the first step and wherever prompt or guidance have just
    changed."""
    noise: "Callable[[], F32]"
    """Draws this step's own noise."""
    eps_at_next: "Callable[[F32], F32]"
    """Asks the network for the noise in another x at the next point; not in the last step, where there is
    none."""
