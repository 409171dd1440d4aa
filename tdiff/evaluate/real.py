"""Real scenes that satisfy a prompt: the same table for these is the checker's ceiling."""

import numpy as np
from numpy.random import Generator

from tdiff.arrays import U8
from tdiff.evaluate.judge import Thing, Want
from tdiff.world.layout import POSITIONS, count_slots, pair_slots
from tdiff.world.palette import rgb
from tdiff.world.pose import draw_pose
from tdiff.world.scenes import SIDE, Placed, Scene, choose_ground, corner, render
from tdiff.world.sprites import Sprite, shown, sprites


def real_picture(want: Want, rng: Generator) -> U8:
    """Paint a scene that shows what is wanted, made the way the world makes them.

    Held-out pairs are painted too: this is what their pictures would have looked like.

    Returns:
        (32, 32, 3) uint8.
    """
    sides, centres = _places(want, rng)
    items = tuple(
        _placed(thing, want.style, side, centre, rng)
        for thing, side, centre in zip(want.things, sides, centres, strict=True)
    )
    ground, tone = choose_ground(rng, items)
    if want.ground is not None:
        noisy = np.clip(rgb(want.ground) + rng.normal(0, 4, 3), 0, 255)
        ground, tone = want.ground, (float(noisy[0]), float(noisy[1]), float(noisy[2]))
    return render(Scene("single", items, items[0].sprite.style, None, None, None, ground, tone))


def _places(want: Want, rng: Generator) -> tuple[list[int], list[tuple[float, float]]]:
    """Sides in pixels and centres of the objects."""
    number = len(want.things)
    alike = len({thing.concept for thing in want.things}) == 1
    if number == 1:
        if want.position is None:
            return [int(rng.integers(18, 26))], [(SIDE / 2, SIDE / 2)]
        dx, dy = POSITIONS[want.position]
        return [int(rng.integers(12, 17))], [(SIDE / 2 + dx * SIDE, SIDE / 2 + dy * SIDE)]
    if alike:
        return [int(rng.integers(13, 16))] * number, count_slots(number, rng)
    relation = want.relation or ("left", "right", "above", "below")[rng.integers(4)]
    return [int(side) for side in rng.integers(14, 17, 2)], list(pair_slots(relation, rng))


def _placed(thing: Thing, style: int | None, side: int, centre: tuple[float, float], rng: Generator) -> Placed:
    x, y = corner(*centre, side)
    sprite, paint = _drawing(thing, style, rng)
    return Placed(sprite, paint, side, x, y, draw_pose(rng))


def _drawing(thing: Thing, style: int | None, rng: Generator) -> tuple[Sprite, str | None]:
    """A drawing of the concept, painted where a colour is asked for."""
    drawings = shown()[thing.concept] or {s.style: s for s in sprites() if s.concept == thing.concept}
    sprite = drawings[style] if style in drawings else list(drawings.values())[rng.integers(len(drawings))]
    return sprite, thing.colour
