"""Where objects stand: nine positions for one, two slots for a pair, slots for two to four of a kind."""

from collections.abc import Sequence
from typing import Final

from numpy.random import Generator

POSITIONS: Final[dict[str, tuple[float, float]]] = {
    "left": (-0.25, 0.0),
    "right": (0.25, 0.0),
    "top": (0.0, -0.25),
    "bottom": (0.0, 0.25),
    "top left": (-0.28, -0.28),
    "top right": (0.28, -0.28),
    "bottom left": (-0.28, 0.28),
    "bottom right": (0.28, 0.28),
    "middle": (0.0, 0.0),
}
"""Position name → offset of the centre from the picture's centre, as a share of its side."""


def nearest_position(
    centre: tuple[float, float], size: tuple[float, float], side: int, names: Sequence[str] = tuple(POSITIONS)
) -> str:
    """Return the named position whose place is nearest to an object's centre, given that the object must fit.

    Args:
        centre: x and y in pixels.
        size: width and height in pixels; the larger, the less its centre can leave the middle.
        side: of the picture, in pixels.
        names: positions to choose from; of equally near ones the first.
    """

    def distance(name: str) -> float:
        rooms = [(side - length) / 2 for length in size]
        places = [max(-room, min(room, part * side)) for part, room in zip(POSITIONS[name], rooms, strict=True)]
        return sum((at - side / 2 - place) ** 2 for at, place in zip(centre, places, strict=True))

    return min(names, key=distance)


Slot = tuple[float, float]
"""Centre of an object in pixels of a 32×32 scene."""


def pair_slots(relation: str, rng: Generator) -> tuple[Slot, Slot]:
    """Centres of the first and second object so that the first is `relation` of the second."""
    drift = float(rng.uniform(-4, 4)) if rng.random() < 0.4 else 0.0
    near, far = 8.0, 24.0
    if relation in ("above", "below"):
        upper, lower = (16 + drift, near), (16 - drift, far)
        return (upper, lower) if relation == "above" else (lower, upper)
    left, right = (near, 16 + drift), (far, 16 - drift)
    return (left, right) if relation == "left" else (right, left)


def count_slots(number: int, rng: Generator) -> list[Slot]:
    """Centres for two, three or four of a kind: a row, a column, a triangle or a square."""
    square: list[Slot] = [(8, 8), (24, 8), (8, 24), (24, 24)]
    draw = rng.random()
    if number == 4:
        return square
    if number == 3:
        if draw < 0.4:
            return [(8, 8), (24, 8), (16, 24)]
        if draw < 0.8:
            return [(16, 8), (8, 24), (24, 24)]
        gone = int(rng.integers(4))
        return [slot for i, slot in enumerate(square) if i != gone]
    if draw < 0.6:
        return [(8, 16), (24, 16)]
    if draw < 0.8:
        return [(16, 8), (16, 24)]
    return [(8, 8), (24, 24)] if draw < 0.9 else [(24, 8), (8, 24)]
