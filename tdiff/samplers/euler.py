"""Euler's method on the probability-flow equation."""

from typing import TYPE_CHECKING

from tdiff.samplers.sampler import Sampler
from tdiff.samplers.state import SolverState

if TYPE_CHECKING:
    from tdiff.arrays import F32


def advance(state: SolverState) -> "F32":
    """Follow the slope for one step: Karras et al. 2022, Algorithm 1 without its lines 6–8.

    In the variables x̄ = x/α and s = σ/α the picture obeys dx̄/ds = ε̂ (Song et al. 2021 (DDIM), eq. 14).
    One straight step along it is the same arithmetic as DDIM with η = 0.
    """
    return along(state, state.eps)


def along(state: SolverState, slope: "F32") -> "F32":
    """x̄_next = x̄ + (s_next − s)·slope, times α_next."""
    change = state.next.sigma / state.next.alpha - state.now.sigma / state.now.alpha
    return state.next.alpha / state.now.alpha * state.x_t + state.next.alpha * change * slope


SAMPLER = Sampler(
    name="euler",
    label="euler",
    note="a straight step along the probability flow",
    paper="Karras et al. 2022",
    equation="Algorithm 1 without its lines 6–8",
    a1111_name="Euler",
    advance=advance,
    order=1,
)
