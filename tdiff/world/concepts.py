"""The nouns that the models were shown, and which (noun, colour) pairs they never saw."""

import json
from dataclasses import dataclass
from functools import cache

from tdiff.paths import asset_path
from tdiff.world.palette import COLOURS

STYLES: tuple[str, ...] = ("cartoon", "sticker", "flat", "3d", "retro")
"""Style words in the order of the sprite sheet's style index: noto, twemoji, fluent-flat, fluent-3d, noto-v1."""


LEFT_OUT = frozenset(
    [
        *("bat", "crocodile", "hedgehog", "pufferfish", "shell", "shrimp"),
        *("ambulance", "avocado", "basketball", "beer", "bone", "comet", "devil", "dice", "drumstick"),
        *("ferris wheel", "gear", "microphone"),
    ]
)
"""Nouns of the world that the model is not asked for: it draws them too badly (docs/training.md, "Fewer nouns").

Their scenes stay in the world, so that every index still gives the picture it gave, but prompts and measurements leave
them out, as did the last part of the denoiser's training (it left out nine more)."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One noun of the world.

    Attributes:
        id: row in the concept table; the held-out rule uses it.
        name: the noun in the singular, lower case ("ice cream" has a space).
        synonyms: other names of the same thing, never names of another concept.
        category: a coarse kind such as "animal".
        tier: 0 reads best at 32×32, 1 reads well, 2 is weak when small.
        colours: dominant natural colours, averaged over drawing styles.
    """

    id: int
    name: str
    synonyms: tuple[str, ...]
    category: str
    tier: int
    colours: tuple[str, ...]

    @property
    def offered(self) -> bool:
        """Whether it is a noun that prompts may use."""
        return self.name not in LEFT_OUT


@cache
def concepts() -> tuple[Concept, ...]:
    """Return all concepts in id order (233 of them), read once from the assets."""
    rows = json.loads(asset_path("world/concepts.json").read_text("utf-8"))
    return tuple(
        Concept(
            id=row["id"],
            name=row["name"],
            synonyms=tuple(row["synonyms"]),
            category=row["category"],
            tier=row["tier"],
            colours=tuple(row["colours"]),
        )
        for row in rows
    )


@cache
def offered() -> tuple[Concept, ...]:
    """Return the concepts that prompts may use, in id order (215 of them)."""
    return tuple(concept for concept in concepts() if concept.offered)


@cache
def by_name() -> dict[str, Concept]:
    """Map each concept's name to the concept."""
    return {concept.name: concept for concept in concepts()}


def held_out(concept: Concept, colour: str) -> bool:
    """Say whether this pair never appears in training, neither drawn nor named.

    One pair in eleven, by arithmetic on the ids, so that anyone can check it; a concept's own
    natural colours are exempt, since leaving those out would leave out the concept.
    """
    rule = (concept.id * 31 + COLOURS.index(colour) * 17) % 11 == 0
    return rule and colour not in concept.colours
