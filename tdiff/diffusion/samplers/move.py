"""What a sampler is given to take one step, and what it declares about itself."""

from collections.abc import Callable
from dataclasses import dataclass

from tdiff.diffusion.denoiser import FloatArray
from tdiff.diffusion.schedule import Level


@dataclass(frozen=True, eq=False)
class Guess:
    """An earlier clean guess and where on the grid it was made."""

    x0: FloatArray
    level: Level


@dataclass(frozen=True, eq=False)
class Move:
    """One move from a point of the grid to the next. Arrays are (B, H, W, 3).

    The prediction is guided, clipped if asked for, and consistent: x_t = α·x0 + σ·eps.
    """

    now: Level
    next: Level
    """Of σ = 0 and α = 1 in the last step."""
    x_t: FloatArray
    eps: FloatArray
    x0: FloatArray
    eta: float
    previous: Guess | None
    """The clean guess of the step before; None in the first step and wherever prompt or guidance have just
    changed."""
    noise: Callable[[], FloatArray]
    """Draws this step's own noise."""
    eps_at_next: Callable[[FloatArray], FloatArray]
    """Asks the network for the noise in another x at the next point; not in the last step, where there is
    none."""


@dataclass(frozen=True)
class Sampler:
    """A way from noise to picture."""

    name: str
    """As in recipes and on the command line."""
    source: str
    """The paper, and the equation or algorithm in it."""
    advance: Callable[[Move], FloatArray]
    """Takes one step and returns x_next."""
    ancestral: bool = False
    """Whether every step but the last adds noise."""
    takes_eta: bool = False
    calls_per_step: int = 1
    """Network calls in every step but the last, which always takes one."""
