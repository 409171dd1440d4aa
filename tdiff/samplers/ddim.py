"""Denoising diffusion implicit models: go to the clean guess and back out to the next noise level."""

from math import sqrt
from typing import TYPE_CHECKING

from tdiff.samplers.move import Move
from tdiff.samplers.sampler import Sampler

if TYPE_CHECKING:
    from tdiff.arrays import F32


def advance(move: Move) -> "F32":
    """x_next = α_next·x̂_0 + √(σ_next² − s²)·ε̂ + s·z: Song et al. 2021, eq. 12, with s = σ(η) of eq. 16.

    η = 0 draws nothing and is decided by the starting noise alone; η = 1 is ddpm.
    """
    added = _added_noise(move)
    kept = sqrt(max(move.next.sigma**2 - added**2, 0.0))
    x_next = move.next.alpha * move.x0 + kept * move.eps
    return x_next + added * move.noise() if added else x_next


def _added_noise(move: Move) -> float:
    """σ(η) of eq. 16."""
    shrink = move.next.sigma / move.now.sigma
    return move.eta * shrink * sqrt(1 - (move.now.alpha / move.next.alpha) ** 2)


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
