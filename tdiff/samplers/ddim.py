"""Denoising diffusion implicit models: go to the clean guess and back out to the next noise level."""

from math import sqrt
from typing import TYPE_CHECKING

from tdiff.samplers.sampler import Sampler
from tdiff.samplers.state import SolverState

if TYPE_CHECKING:
    from tdiff.arrays import F32


def advance(state: SolverState) -> "F32":
    """x_next = α_next·x̂_0 + √(σ_next² − s²)·ε̂ + s·z: Song et al. 2021, eq. 12, with s = σ(η) of eq. 16.

    η = 0 draws nothing and is decided by the starting noise alone; η = 1 is ddpm.
    """
    added = _added_noise(state)
    kept = sqrt(max(state.next.sigma**2 - added**2, 0.0))
    x_next = state.next.alpha * state.x0 + kept * state.eps
    return x_next + added * state.noise() if added else x_next


def _added_noise(state: SolverState) -> float:
    """σ(η) of eq. 16."""
    shrink = state.next.sigma / state.now.sigma
    return state.eta * shrink * sqrt(1 - (state.now.alpha / state.next.alpha) ** 2)


SAMPLER = Sampler(
    name="ddim",
    label="ddim",
    note="the same path without new noise",
    paper="Song et al. 2021",
    equation="eq. 12",
    a1111_name="DDIM",
    advance=advance,
    order=1,
    takes_eta=True,
)
