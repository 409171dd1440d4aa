"""A sampler as someone else would write it: in a file of its own, known to nothing in tdiff."""

from collections.abc import Iterator
from contextlib import contextmanager

from tdiff.samplers import Sampler, SolverState, register, unregister


def advance(state: SolverState):
    """Half of the noise from the prediction, half drawn anew, in proportion to η."""
    kept = state.next.sigma * (1 - state.eta**2) ** 0.5
    x_next = state.next.alpha * state.x0 + kept * state.eps
    return x_next + state.next.sigma * state.eta * state.noise() if state.eta else x_next


GLIDE = Sampler(
    name="glide",
    label="Glide",
    note="written elsewhere",
    paper="Nobody 2026",
    equation="eq. 1",
    a1111_name="Glide++",
    advance=advance,
    order=1,
    takes_eta=True,
)


@contextmanager
def offered() -> Iterator[None]:
    """While tdiff offers it."""
    register(GLIDE)
    try:
        yield
    finally:
        unregister(GLIDE.name)
