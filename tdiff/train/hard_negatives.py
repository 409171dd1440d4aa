"""Captions made false by one attribute: the contrast that teaches binding, order and colour."""

from functools import cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from tdiff.prompt.vocabulary import token_ids, tokens
from tdiff.world.concepts import STYLES, offered
from tdiff.world.layout import POSITIONS
from tdiff.world.palette import COLOURS

_RELATIONS = ("left of", "right of", "above", "below")


@cache
def attribute_groups() -> tuple[NDArray[np.int64], ...]:
    """Token ids that may stand in for each other: colours, nouns, sizes, counts, relations, positions, styles."""
    ids = token_ids()
    names: tuple[tuple[str, ...], ...] = (
        COLOURS,
        tuple(f"{concept.name}_" for concept in offered()),
        ("small", "big"),
        ("two", "three", "four"),
        _RELATIONS,
        tuple(f"@{name}" for name in POSITIONS),
        STYLES,
    )
    return tuple(np.array([ids[name] for name in group]) for group in names)


@cache
def _group_of() -> NDArray[np.int64]:
    table = np.full(len(tokens()), -1)
    for g, group in enumerate(attribute_groups()):
        table[group] = g
    return table


def falsify(ids: NDArray[np.integer], rng: Generator, style: float = 0.0) -> tuple[NDArray[np.int64], bool]:
    """Change one attribute of a tokenized caption, so that it is no longer true of its scene.

    Args:
        ids: (L,) token ids, zero-padded.
        rng: decides which attribute and what it becomes.
        style: how often it is the style, where one is named, whatever else could be changed.

    Returns:
        The changed ids, and False if there was no attribute to change.
    """
    changed = np.array(ids, np.int64)
    groups = _group_of()[changed]
    places = np.flatnonzero(groups >= 0)
    if not len(places):
        return changed, False
    styled = np.flatnonzero(groups == len(attribute_groups()) - 1)
    if style and len(styled) and rng.random() < style:
        places = styled
    swapped = _swap_colours(changed, groups) if places is not styled and rng.random() < 0.35 else None
    if swapped is not None:
        return swapped, True
    place = places[rng.integers(len(places))]
    group = attribute_groups()[groups[place]]
    others = group[~np.isin(group, changed)]
    if not len(others):
        return changed, False
    changed[place] = others[rng.integers(len(others))]
    return changed, True


def _swap_colours(ids: NDArray[np.int64], groups: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Exchange the first two colours ("a red frog and a blue cat" → "a blue frog and a red cat")."""
    colours = np.flatnonzero(groups == 0)
    if len(colours) < 2 or ids[colours[0]] == ids[colours[1]]:
        return None
    result = ids.copy()
    result[colours[0]], result[colours[1]] = ids[colours[1]], ids[colours[0]]
    return result
