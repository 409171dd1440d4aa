"""DPM-Solver++ 2M: second order for one network call, by remembering the clean guess before."""

from math import exp, log
from typing import TYPE_CHECKING

from tdiff.samplers.sampler import Sampler
from tdiff.samplers.state import Guess, Level, SolverState

if TYPE_CHECKING:
    from tdiff.arrays import F32

SHORTEST = 0.25
"""A step before this one that is shorter than this share of it is not extrapolated from."""


def advance(state: SolverState) -> "F32":
    """x_next = (σ_next/σ)·x_t − α_next·(e^−h − 1)·D: Lu et al. 2022 (DPM-Solver++), Algorithm 2.

    h is the step in λ = ln(α/σ), and D extrapolates the clean guess to the middle of the step. In the last
    step h is infinite and D is the clean guess itself (the `lower_order_final` of the authors' code).
    """
    if state.next.sigma == 0:
        return state.next.alpha * state.x0
    h = _half_log_snr(state.next) - _half_log_snr(state.now)
    clean = state.x0 if state.previous is None else _extrapolated(state, state.previous, h)
    return state.next.sigma / state.now.sigma * state.x_t + state.next.alpha * (1 - exp(-h)) * clean


def _extrapolated(state: SolverState, previous: Guess, h: float) -> "F32":
    """D = (1 + 1/(2r))·x̂_0 − 1/(2r)·x̂_0 before, with r = h before/h.

    Where the schedule's clamp makes the first step short or empty, r is near 0 and the difference of two
    guesses at one noise level would be blown up; such a step is of first order, which one step can be
    without lowering the order of the whole.
    """
    h_before = _half_log_snr(state.now) - _half_log_snr(previous.level)
    if h_before <= SHORTEST * h:
        return state.x0
    share = 0.5 * h / h_before
    return (1 + share) * state.x0 - share * previous.x0


def _half_log_snr(level: Level) -> float:
    return log(level.alpha / level.sigma)


SAMPLER = Sampler(
    name="dpmpp2m",
    label="dpm++ 2m",
    note="remembers the last guess, good in few steps",
    paper="Lu et al. 2022",
    equation="Algorithm 2 (DPM-Solver++)",
    a1111_name="DPM++ 2M",
    advance=advance,
    order=2,
)
