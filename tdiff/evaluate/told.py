"""A picture in words: what the checker sees in it, for those who don't see it."""

from typing import Final

from tdiff.evaluate.checker import Look, Seen
from tdiff.evaluate.judge import position_of
from tdiff.world.concepts import STYLES, concepts

NOTHING: Final = "nothing that the checker knows"
_NUMBERS: Final = ("no", "one thing", "two things", "three things", "four things")


def told(look: Look) -> str:
    """Return what is in a picture, such as "one thing: apple, red, in the middle (98 % sure); ground blue".

    Args:
        look: what the checker saw in it, surest first.
    """
    ground = f"ground {look.grounds[0]}" if look.grounds else "ground of no named colour"
    if not look.objects:
        return f"{NOTHING}; {ground}"
    count = len(look.objects)
    number = _NUMBERS[count] if count < len(_NUMBERS) else f"{count} things"
    return f"{number}: {'; '.join(map(_thing, look.objects))}; {ground}"


def _thing(seen: Seen) -> str:
    place = position_of(seen)
    where = "in the middle" if place == "middle" else f"at the {place}"
    colour = f", {seen.colours[0]}" if seen.colours else ""
    return f"{concepts()[seen.concept].name}{colour}, {where}, {STYLES[seen.style]} ({seen.score:.0%} sure)"
