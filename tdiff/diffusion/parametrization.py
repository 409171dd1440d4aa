"""v, ε and x_0: one prediction in three forms, and every conversion between them.

The network predicts v = α·ε − σ·x_0 (Salimans & Ho 2022, section 4), which stays well scaled at every noise
level. With x_t = α·x_0 + σ·ε and α² + σ² = 1 the three forms determine one another exactly, given x_t.
"""

from tdiff.arrays import F32


def eps_from_v(x_t: F32, v: F32, alpha: float, sigma: float) -> F32:
    """The noise in x_t: ε = σ·x_t + α·v."""
    return sigma * x_t + alpha * v


def x0_from_v(x_t: F32, v: F32, alpha: float, sigma: float) -> F32:
    """The clean picture in x_t: x_0 = α·x_t − σ·v."""
    return alpha * x_t - sigma * v


def v_from_eps_x0(eps: F32, x0: F32, alpha: float, sigma: float) -> F32:
    """Put together v = α·ε − σ·x_0, its definition."""
    return alpha * eps - sigma * x0


def v_from_eps(x_t: F32, eps: F32, alpha: float, sigma: float) -> F32:
    """Put together v = (ε − σ·x_t)/α. Rounding grows with 1/α, fifty-fold at the noisiest level."""
    return (1 / alpha) * eps - (sigma / alpha) * x_t


def eps_from_x0(x_t: F32, x0: F32, alpha: float, sigma: float) -> F32:
    """The noise that is left when x_0 is taken out: ε = (x_t − α·x_0)/σ, for σ > 0."""
    return (1 / sigma) * x_t - (alpha / sigma) * x0


def add_noise(x0: F32, eps: F32, alpha: float, sigma: float) -> F32:
    """The forward process in one jump: x_t = α·x_0 + σ·ε (Ho et al. 2020, eq. 4)."""
    return alpha * x0 + sigma * eps
