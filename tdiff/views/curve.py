"""A line of a plot."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a plot."""

    name: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
