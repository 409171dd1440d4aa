"""Euler's method on the probability-flow equation."""

from tdiff.diffusion.denoiser import FloatArray
from tdiff.diffusion.samplers.move import Move, Sampler


def advance(move: Move) -> FloatArray:
    """Follow the slope for one step: Karras et al. 2022, Algorithm 1 without its lines 6–8.

    In the variables x̄ = x/α and s = σ/α the picture obeys dx̄/ds = ε̂ (Song et al. 2021 (DDIM), eq. 14).
    One straight step along it is the same arithmetic as DDIM with η = 0.
    """
    return along(move, move.eps)


def along(move: Move, slope: FloatArray) -> FloatArray:
    """x̄_next = x̄ + (s_next − s)·slope, times α_next."""
    change = move.next.sigma / move.next.alpha - move.now.sigma / move.now.alpha
    return move.next.alpha / move.now.alpha * move.x_t + move.next.alpha * change * slope


EULER = Sampler("euler", "Karras et al. 2022, Algorithm 1 (first order)", advance)
