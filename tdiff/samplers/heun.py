"""Heun's method on the probability-flow equation: second order for a second network call."""

from typing import TYPE_CHECKING

from tdiff.samplers.euler import along
from tdiff.samplers.move import Move
from tdiff.samplers.sampler import Sampler

if TYPE_CHECKING:
    from tdiff.arrays import F32


def advance(move: Move) -> "F32":
    """Step along the mean of the slopes at both ends: Karras et al. 2022, Algorithm 1.

    The variables are x̄ = x/α and s = σ/α, as in euler. The last step, to σ = 0, is Euler's, as in the
    algorithm's line 6.
    """
    there = along(move, move.eps)
    if move.next.sigma == 0:
        return there
    return along(move, 0.5 * (move.eps + move.eps_at_next(there)))


SAMPLER = Sampler(
    name="heun",
    label="heun",
    note="two predictions a step, second order",
    paper="Karras et al. 2022",
    equation="Algorithm 1",
    a1111_name="Heun",
    advance=advance,
    order=2,
    calls_per_step=2,
)
