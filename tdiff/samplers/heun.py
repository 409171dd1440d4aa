"""Heun's method on the probability-flow equation: second order for a second network call."""

from typing import TYPE_CHECKING

from tdiff.samplers.euler import along
from tdiff.samplers.sampler import Sampler
from tdiff.samplers.state import SolverState

if TYPE_CHECKING:
    from tdiff.arrays import F32


def advance(state: SolverState) -> "F32":
    """Step along the mean of the slopes at both ends: Karras et al. 2022, Algorithm 1.

    The variables are x̄ = x/α and s = σ/α, as in euler. The last step, to σ = 0, is Euler's, as in the
    algorithm's line 6.
    """
    there = along(state, state.eps)
    if state.next.sigma == 0:
        return there
    return along(state, 0.5 * (state.eps + state.eps_at_next(there)))


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
