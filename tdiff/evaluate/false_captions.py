"""Captions made false by one attribute: the contrast that teaches a pair binding, order and colour, and measures it."""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from tdiff.arrays import I64
from tdiff.prompt.vocabulary import relation_id, token_ids, tokens
from tdiff.world.concepts import STYLES, offered
from tdiff.world.layout import POSITIONS
from tdiff.world.palette import COLOURS
from tdiff.world.scenes import OPPOSITE

KINDS: Final = ("colour", "noun", "size", "count", "relation", "position", "style", "swapped colours", "order")
"""What a falsified caption may be wrong about; a false relation is one on the other axis."""


@cache
def attribute_groups() -> tuple[I64, ...]:
    """Token ids that may stand in for each other, in the order of `KINDS` up to styles."""
    ids = token_ids()
    names: tuple[tuple[str, ...], ...] = (
        COLOURS,
        tuple(f"{concept.name}_" for concept in offered()),
        ("small", "big"),
        ("two", "three", "four"),
        ("left of", "right of", "above", "below"),
        tuple(f"@{name}" for name in POSITIONS),
        STYLES,
    )
    return tuple(np.array([ids[name] for name in group]) for group in names)


@cache
def _group_of() -> I64:
    table = np.full(len(tokens()), -1)
    for g, group in enumerate(attribute_groups()):
        table[group] = g
    return table


class Falsified(NamedTuple):
    """A caption that is no longer true of its scene.

    Attributes:
        ids: (L,) token ids.
        kind: what was changed, one of `KINDS`; "" where there was no attribute to change.
    """

    ids: I64
    kind: str


def falsify(ids: NDArray[np.integer], rng: Generator, style: float = 0.0, order: float = 0.0) -> Falsified:
    """Change one attribute of a tokenized caption, so that it is no longer true of its scene.

    Args:
        ids: (L,) token ids, zero-padded.
        rng: decides which attribute and what it becomes.
        style: how often it is the style, where one is named, whatever else could be changed.
        order: how often it is who stands where, where a relation is named.
    """
    changed = np.array(ids, np.int64)
    groups = _group_of()[changed]
    places = np.flatnonzero(groups >= 0)
    if not len(places):
        return Falsified(changed, "")
    if order and rng.random() < order and (turned := _other_order(changed, groups, rng)) is not None:
        return Falsified(turned, "order")
    styled = np.flatnonzero(groups == KINDS.index("style"))
    if style and len(styled) and rng.random() < style:
        places = styled
    swapped = _swap_colours(changed, groups) if places is not styled and rng.random() < 0.35 else None
    if swapped is not None:
        return Falsified(swapped, "swapped colours")
    place = places[rng.integers(len(places))]
    kind = KINDS[groups[place]]
    group = attribute_groups()[groups[place]]
    others = group[~np.isin(group, changed)]
    if kind == "relation":  # the opposite one is another order, not another axis
        others = others[others != inverse_relations()[changed[place]]]
    if not len(others):
        return Falsified(changed, "")
    changed[place] = others[rng.integers(len(others))]
    return Falsified(changed, kind)


def _other_order(ids: I64, groups: I64, rng: Generator) -> I64 | None:
    """Invert the relation, or exchange the nouns around it ("a dog left of a cat" of a cat left of a dog)."""
    relations = np.flatnonzero(groups == KINDS.index("relation"))
    nouns = np.flatnonzero(groups == KINDS.index("noun"))
    if len(relations) != 1 or len(nouns) != 2 or ids[nouns[0]] == ids[nouns[1]]:
        return None
    result = ids.copy()
    if rng.random() < 0.5:
        result[relations[0]] = inverse_relations()[ids[relations[0]]]
    else:
        result[nouns] = ids[nouns[::-1]]
    return result


@cache
def inverse_relations() -> I64:
    """Token → the relation told from the other thing; other tokens stay."""
    table = np.arange(len(tokens()))
    for name, opposite in OPPOSITE.items():
        table[relation_id(name)] = relation_id(opposite)
    return table


def _swap_colours(ids: I64, groups: I64) -> I64 | None:
    """Exchange the first two colours ("a red frog and a blue cat" → "a blue frog and a red cat")."""
    colours = np.flatnonzero(groups == KINDS.index("colour"))
    if len(colours) < 2 or ids[colours[0]] == ids[colours[1]]:
        return None
    result = ids.copy()
    result[colours[0]], result[colours[1]] = ids[colours[1]], ids[colours[0]]
    return result
