"""Ancestral sampling: undo the Markov chain that added the noise."""

from math import sqrt
from typing import TYPE_CHECKING

from tdiff.samplers.sampler import Sampler
from tdiff.samplers.state import SolverState

if TYPE_CHECKING:
    from tdiff.arrays import F32


def advance(state: SolverState) -> "F32":
    """Draw x_next from the posterior q(x_next | x_t, x̂_0): Ho et al. 2020, eq. 6 and 7, Algorithm 2.

    With few steps each of these spans several of the chain's, so its β is 1 − (α_t/α_next)². The variance
    is the posterior's own, β̃ (the smaller of the two that the paper tries), which makes this DDIM with η =
    1.
    """
    ratio = state.now.alpha / state.next.alpha
    beta = 1 - ratio * ratio
    shrink = state.next.sigma / state.now.sigma
    of_x0 = state.next.alpha * beta / (state.now.sigma * state.now.sigma)
    of_x_t = ratio * shrink * shrink
    mean: F32 = of_x0 * state.x0 + of_x_t * state.x_t
    if state.next.sigma == 0:
        return mean
    x_next: F32 = mean + sqrt(beta) * shrink * state.noise()
    return x_next


SAMPLER = Sampler(
    name="ddpm",
    label="ddpm",
    note="ancestral, new noise at every step",
    paper="Ho et al. 2020",
    equation="Algorithm 2",
    a1111_name="DDPM",
    advance=advance,
)
