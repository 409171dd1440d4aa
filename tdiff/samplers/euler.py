"""Euler's method on the probability-flow equation."""

from typing import TYPE_CHECKING

from tdiff.samplers.move import Move
from tdiff.samplers.sampler import Sampler

if TYPE_CHECKING:
    from tdiff.arrays import F32


def advance(move: Move) -> "F32":
    """Follow the slope for one step: Karras et al. 2022, Algorithm 1 without its lines 6–8.

    In the variables x̄ = x/α and s = σ/α the picture obeys dx̄/ds = ε̂ (Song et al. 2021 (DDIM), eq. 14).
    One straight step along it is the same arithmetic as DDIM with η = 0.
    """
    return along(move, move.eps)


def along(move: Move, slope: "F32") -> "F32":
    """x̄_next = x̄ + (s_next − s)·slope, times α_next."""
    change = move.next.sigma / move.next.alpha - move.now.sigma / move.now.alpha
    return move.next.alpha / move.now.alpha * move.x_t + move.next.alpha * change * slope


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
