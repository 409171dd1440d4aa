"""Heun's method on the probability-flow equation: second order for a second network call."""

from tdiff.diffusion.denoiser import FloatArray
from tdiff.diffusion.samplers.euler import along
from tdiff.diffusion.samplers.move import Move, Sampler


def advance(move: Move) -> FloatArray:
    """Step along the mean of the slopes at both ends: Karras et al. 2022, Algorithm 1.

    The variables are x̄ = x/α and s = σ/α, as in euler. The last step, to σ = 0, is Euler's, as in the
    algorithm's line 6.
    """
    there = along(move, move.eps)
    if move.next.sigma == 0:
        return there
    return along(move, 0.5 * (move.eps + move.eps_at_next(there)))


HEUN = Sampler("heun", "Karras et al. 2022, Algorithm 1", advance, calls_per_step=2)
