"""Whether a picture shows what a prompt asked for: strictly, object and attribute and number."""

from dataclasses import dataclass

from tdiff.evaluate.checker import Look, Seen
from tdiff.world.layout import nearest_position
from tdiff.world.scenes import SIDE


@dataclass(frozen=True, slots=True)
class Thing:
    """One object that must be there: its concept, and its colour where one was asked for."""

    concept: int
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Want:
    """What a picture must show.

    Attributes:
        things: every object, no more and no fewer; several of a kind are listed several times.
        position: where a single object stands.
        relation: where the first of two stands from the second.
        ground: background colour term.
        style: index of the drawing style of every object.
    """

    things: tuple[Thing, ...]
    position: str | None = None
    relation: str | None = None
    ground: str | None = None
    style: int | None = None


def fits(want: Want, look: Look) -> bool:
    """Say whether the picture shows exactly what is wanted."""
    if len(look.objects) != len(want.things):
        return False
    if want.ground is not None and want.ground not in look.grounds:
        return False
    if want.style is not None and any(seen.style != want.style for seen in look.objects):
        return False
    matched = _match(want.things, look.objects)
    if matched is None:
        return False
    if want.position is not None and position_of(matched[0]) != want.position:
        return False
    return want.relation is None or stands(matched[0], want.relation, matched[1])


def position_of(seen: Seen) -> str:
    """The named position whose place is nearest to the object's centre, given its size."""
    return nearest_position((seen.x, seen.y), (seen.side, seen.side), SIDE)


def stands(first: Seen, relation: str, second: Seen) -> bool:
    """Whether the first object is left of, right of, above or below the second, mostly in that direction."""
    dx, dy = second.x - first.x, second.y - first.y
    if relation in ("left", "right"):
        return abs(dx) > abs(dy) and (dx > 0) == (relation == "left")
    return abs(dy) > abs(dx) and (dy > 0) == (relation == "above")


def shows(look: Look, concept: int | None = None, colour: str | None = None) -> bool:
    """Whether any object is of this concept, or of this colour."""
    return any(
        (concept is None or seen.concept == concept) and (colour is None or colour in seen.colours)
        for seen in look.objects
    )


def _match(things: tuple[Thing, ...], objects: tuple[Seen, ...]) -> list[Seen] | None:
    """Assign each wanted thing an object of its own, or None if that cannot be done."""
    if not things:
        return []
    for i, seen in enumerate(objects):
        wanted = things[0]
        if seen.concept == wanted.concept and (wanted.colour is None or wanted.colour in seen.colours):
            rest = _match(things[1:], objects[:i] + objects[i + 1 :])
            if rest is not None:
                return [seen, *rest]
    return None
