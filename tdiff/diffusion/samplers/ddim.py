"""Denoising diffusion implicit models: go to the clean guess and back out to the next noise level."""

from math import sqrt

from tdiff.diffusion.denoiser import FloatArray
from tdiff.diffusion.samplers.move import Move, Sampler


def advance(move: Move) -> FloatArray:
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


DDIM = Sampler("ddim", "Song et al. 2021 (DDIM), eq. 12", advance, takes_eta=True)
