"""Scenes: what stands where, in which colour, as a pure function of a random generator."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.random import Generator

from tdiff.arrays import F32, F64, U8
from tdiff.world.concepts import concepts, held_out
from tdiff.world.layout import POSITIONS, count_slots, pair_slots
from tdiff.world.palette import COLOURS, TINTS, rgb
from tdiff.world.pose import Pose, draw_pose, posed
from tdiff.world.sprites import Sprite, resized, shown

SIDE = 32
"""Width and height of a scene in pixels."""

SceneKind = Literal["single", "pair", "count"]
Size = Literal["small", "big"]

_KIND_SHARES = (0.50, 0.32, 0.18)  # single, pair, count: two and more are the hard part
_TIER_WEIGHTS = (3.0, 1.5, 1.0)  # the clearest drawings are what people ask for most
_NATURAL_SHARE = 0.55
_NAMED_GROUND_SHARE = 0.5
OPPOSITE: Final = {"left": "right", "right": "left", "above": "below", "below": "above"}
"""Relation → the same fact told from the other thing."""
_CONTRAST = 48.0  # least RGB distance of most of an object from its ground


@dataclass(frozen=True, slots=True)
class Placed:
    """One object in a scene.

    Attributes:
        sprite: the drawing.
        colour: the colour it was painted in, or None for its natural colours.
        side: width and height in pixels of the square it was drawn into.
        x, y: left and top pixel of that square.
        pose: how it differs from the drawing itself.
    """

    sprite: Sprite
    colour: str | None
    side: int
    x: int
    y: int
    pose: Pose

    @property
    def colour_term(self) -> str | None:
        """The colour that a person would name: painted, or natural where one dominates."""
        return self.colour or self.sprite.named_colour

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom in pixels, right and bottom exclusive."""
        return self.x, self.y, self.x + self.side, self.y + self.side

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle in pixels."""
        return self.x + self.side / 2, self.y + self.side / 2


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole scene with exact truth.

    Attributes:
        kind: one object, two different ones, or several of a kind.
        objects: the objects, in caption order.
        style: index into `concepts.STYLES`; all objects share it.
        size: "small" or "big" where a single object is notably so.
        position: a key of `layout.POSITIONS` for a single object that stands somewhere definite.
        relation: for a pair, where the first stands: left, right, above or below the second.
        ground: colour term of the background, or None for an unnamed tint.
        ground_rgb: the background's colour, 0…255.
    """

    kind: SceneKind
    objects: tuple[Placed, ...]
    style: int
    size: Size | None
    position: str | None
    relation: str | None
    ground: str | None
    ground_rgb: tuple[float, float, float]


def compose(rng: Generator) -> Scene:
    """Draw a random scene. Equal generators give equal scenes."""
    kind = rng.choice(3, p=_KIND_SHARES)
    return (_single, _pair, _count)[kind](rng)


def render(scene: Scene) -> U8:
    """Paint a scene: (32, 32, 3) uint8."""
    canvas = np.empty((SIDE, SIDE, 3), np.float32)
    canvas[:] = scene.ground_rgb
    for item in scene.objects:
        patch = posed(item.sprite.index, item.colour, item.side, item.pose)
        view = canvas[item.y : item.y + item.side, item.x : item.x + item.side]
        view[:] = view * (1 - patch[..., 3:]) + patch[..., :3]
    return np.clip(np.rint(canvas), 0, 255).astype(np.uint8)


def _single(rng: Generator) -> Scene:
    sprite = _sprite(rng, draw_concept(rng))
    return single_scene(rng, sprite, _paint(rng, sprite))


def single_scene(rng: Generator, sprite: Sprite, colour: str | None) -> Scene:
    """Draw a scene of one given thing: size, place and ground as the world draws them.

    Args:
        rng: decides them.
        sprite: the drawing.
        colour: what it is painted in, or None for its natural colours.
    """
    size: Size | None
    position = None
    draw = rng.random()
    if draw < 0.34:
        size, side = "small", int(rng.integers(12, 17))
    elif draw < 0.52:
        size, side = "big", int(rng.integers(27, 32))
    else:
        size, side = None, int(rng.integers(18, 26))
    dx = dy = 0.0
    if side <= 20 and rng.random() < 0.75:
        position = list(POSITIONS)[rng.integers(len(POSITIONS))]
        dx, dy = POSITIONS[position]
    jitter = rng.uniform(-1.5, 1.5, 2)
    x, y = corner(SIDE / 2 + dx * SIDE + jitter[0], SIDE / 2 + dy * SIDE + jitter[1], side)
    item = Placed(sprite, colour, side, x, y, draw_pose(rng))
    ground, tone = choose_ground(rng, (item,))
    return Scene("single", (item,), sprite.style, size, position, None, ground, tone)


def _pair(rng: Generator) -> Scene:
    first = draw_concept(rng)
    second = draw_concept(rng)
    while second == first:
        second = draw_concept(rng)
    table = shown()
    common = sorted(set(table[first]) & set(table[second]))
    style = common[rng.integers(len(common))] if common else int(rng.integers(5))
    drawings = [table[c][style] if style in table[c] else next(iter(table[c].values())) for c in (first, second)]
    paints = _pair_paints(rng, drawings)
    relation = ("left", "right", "above", "below")[rng.integers(4)]
    sides = rng.integers(14, 17, 2)
    slots = pair_slots(relation, rng)
    items = tuple(
        Placed(sprite, colour, int(side), *corner(*slot, int(side)), draw_pose(rng))
        for sprite, colour, side, slot in zip(drawings, paints, sides, slots, strict=True)
    )
    ground, tone = choose_ground(rng, items)
    return Scene("pair", items, style, None, None, relation, ground, tone)


def _count(rng: Generator) -> Scene:
    sprite = _sprite(rng, draw_concept(rng))
    colour = _paint(rng, sprite)
    number = int(rng.integers(2, 5))
    side = int(rng.integers(13, 16))
    items = []
    for slot in count_slots(number, rng):
        dx, dy = rng.uniform(-0.9, 0.9, 2)
        x, y = corner(slot[0] + dx, slot[1] + dy, side)
        items.append(Placed(sprite, colour, side, x, y, draw_pose(rng)))
    ground, tone = choose_ground(rng, tuple(items))
    return Scene("count", tuple(items), sprite.style, None, None, None, ground, tone)


def exchanged(scene: Scene) -> Scene:
    """Return a pair with its two things in each other's place; nothing else changes."""
    first, second = scene.objects
    moved = (_at(first, second.centre), _at(second, first.centre))
    assert scene.relation is not None
    return replace(scene, objects=moved, relation=OPPOSITE[scene.relation])


def _at(item: Placed, centre: tuple[float, float]) -> Placed:
    x, y = corner(*centre, item.side)
    return replace(item, x=x, y=y)


def draw_concept(rng: Generator) -> int:
    """Draw a concept id, the clearest drawings most often."""
    ids, edges = _concept_edges()
    return ids[int(np.searchsorted(edges, rng.random() * edges[-1], side="right"))]


@cache
def _concept_edges() -> tuple[list[int], F64]:
    """Concept ids and the running sum of their weights."""
    ids = sorted(shown())
    return ids, np.cumsum([_TIER_WEIGHTS[concepts()[i].tier] for i in ids])


def _sprite(rng: Generator, concept: int) -> Sprite:
    drawings = list(shown()[concept].values())
    return drawings[rng.integers(len(drawings))]


def _paint(rng: Generator, sprite: Sprite, natural: float = _NATURAL_SHARE) -> str | None:
    """A colour that this concept may be shown in, or None to leave it natural."""
    if rng.random() < natural:
        return None
    allowed = _allowed_colours(sprite.concept)
    return allowed[rng.integers(len(allowed))]


def _pair_paints(rng: Generator, drawings: list[Sprite]) -> list[str | None]:
    """Both natural, both painted (in different colours nearly always), or one of each."""
    draw = rng.random()
    if draw < 0.35:
        return [None, None]
    if draw < 0.75:
        paints = [_paint(rng, sprite, 0.0) for sprite in drawings]
        if paints[0] == paints[1] and rng.random() < 0.9:
            rest = [c for c in _allowed_colours(drawings[1].concept) if c != paints[0]]
            paints[1] = rest[rng.integers(len(rest))]
        return paints
    painted = int(rng.integers(2))
    return [_paint(rng, sprite, 0.0) if i == painted else None for i, sprite in enumerate(drawings)]


def _allowed_colours(concept: int) -> list[str]:
    return [colour for colour in COLOURS if not held_out(concepts()[concept], colour)]


def choose_ground(rng: Generator, items: tuple[Placed, ...]) -> tuple[str | None, tuple[float, float, float]]:
    """A plain background that every object stands out from; twelve tries, then the best seen."""
    best: tuple[float, str | None, F32] | None = None
    for _ in range(12):
        if rng.random() < _NAMED_GROUND_SHARE:
            name: str | None = COLOURS[rng.integers(len(COLOURS))]
            tone = rgb(name or "")
        else:
            name, tone = None, np.array(TINTS[rng.integers(len(TINTS))], np.float32)
        tone = np.clip(tone + rng.normal(0, 4, 3), 0, 255).astype(np.float32)
        merged = max(_share_near(item, tone) for item in items)
        if best is None or merged < best[0]:
            best = merged, name, tone
        if merged < 0.35 and not any(item.colour_term == name is not None for item in items):
            break
    assert best is not None
    red, green, blue = (float(channel) for channel in best[2])
    return best[1], (red, green, blue)


def _share_near(item: Placed, tone: F32) -> float:
    """Share of an object's opaque area whose colour nearly equals the ground's."""
    patch = resized(item.sprite.index, item.colour, 12).reshape(-1, 4)
    solid = patch[patch[:, 3] > 0.6]
    if not len(solid):
        return 0.0
    distance = np.linalg.norm(solid[:, :3] / solid[:, 3:] - tone, axis=1)
    return float((distance < _CONTRAST).mean())


def corner(cx: float, cy: float, side: int) -> tuple[int, int]:
    """Top left pixel of a square centred at (cx, cy), pushed inside the picture."""
    x, y = round(cx - side / 2), round(cy - side / 2)
    return min(max(x, 0), SIDE - side), min(max(y, 0), SIDE - side)
