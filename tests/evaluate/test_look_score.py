"""The search for the nearest drawing, on pictures whose drawing is known."""

from collections.abc import Sequence

import numpy as np
import pytest

from tdiff.evaluate.checker import Checker, Look, load_checker
from tdiff.evaluate.judge import Thing, Want
from tdiff.evaluate.look_score import look_lines, look_score, nearest_drawings, some_nouns
from tdiff.evaluate.nearest_drawing import Drawings
from tdiff.evaluate.real import real_picture
from tdiff.world.captions import with_article
from tdiff.world.concepts import by_name, concepts, offered
from tdiff.world.palette import COLOURS
from tdiff.world.sprites import averaged, drawing, shown
from tdiff.world.usual_style import USUAL_STYLE

GROUND = np.array((225, 235, 245), np.float32)
SIDED = 0.25


@pytest.fixture(scope="module")
def checker() -> Checker:
    return load_checker()


@pytest.fixture(scope="module")
def drawings() -> Drawings:
    return Drawings()


def tile_of(noun: str) -> np.ndarray:
    """Its drawing in the usual style: (48, 48, 4)."""
    table = shown()[by_name()[noun].id]
    return drawing(table.get(USUAL_STYLE, next(iter(table.values()))).index, None)


def on_ground(tile: np.ndarray, side: int = 22) -> np.ndarray:
    """Paint a tile in the middle of a plain ground."""
    picture, patch = np.tile(GROUND, (32, 32, 1)), averaged(tile, side)
    start = (32 - side) // 2
    view = picture[start : start + side, start : start + side]
    view[:] = view * (1 - patch[..., 3:]) + patch[..., :3]
    return np.rint(picture).astype(np.uint8)


def mean_with_mirror(noun: str) -> np.ndarray:
    tile = tile_of(noun)
    return on_ground((tile + tile[:, ::-1]) / 2)


def sided(noun: str) -> bool:
    tile = tile_of(noun)
    return bool(np.square(tile - tile[:, ::-1]).sum() >= SIDED * np.square(tile).sum())


def test_real_scenes_look_like_what_they_show(checker: Checker, drawings: Drawings) -> None:
    """In every style, paint and facing that the world has."""
    rng, right = np.random.default_rng(1), []
    nouns = some_nouns(100)
    paints = [None if number % 2 else COLOURS[number % len(COLOURS)] for number in range(len(nouns))]
    wants = [Want((Thing(noun.id, paint),)) for noun, paint in zip(nouns, paints, strict=True)]
    pictures = np.stack([real_picture(want, rng) for want in wants])
    for noun, near in zip(nouns, nearest_drawings(drawings, checker, pictures), strict=True):
        right.append(near is not None and near.shows(noun.id))
    assert np.mean(right) >= 0.95


def test_a_drawing_laid_over_its_mirror_image_looks_like_nothing_drawn(checker: Checker, drawings: Drawings) -> None:
    nouns = [noun for noun in offered() if sided(noun.name)]
    assert len(nouns) > 60
    pictures = np.stack([mean_with_mirror(noun.name) for noun in nouns])
    found = nearest_drawings(drawings, checker, pictures)
    wrong = [noun.name for noun, near in zip(nouns, found, strict=True) if near is None or not near.shows(noun.id)]
    assert len(wrong) >= 0.95 * len(nouns)
    assert {"fish", "whale", "duck", "car"} <= set(wrong)


@pytest.mark.parametrize("noun", ["fish", "whale", "duck"])
def test_one_drawing_is_found_whichever_way_it_faces(checker: Checker, drawings: Drawings, noun: str) -> None:
    tile = tile_of(noun)
    for near in nearest_drawings(drawings, checker, np.stack([on_ground(tile), on_ground(tile[:, ::-1])])):
        assert near is not None and near.shows(by_name()[noun].id) and near.apart < 0.01
        assert near.colour is None and not near.doubled


def test_a_thing_that_is_its_own_mirror_image_is_never_doubled(checker: Checker, drawings: Drawings) -> None:
    (near,) = nearest_drawings(drawings, checker, mean_with_mirror("frog")[None])
    assert near is not None and near.shows(by_name()["frog"].id)


def test_a_picture_of_one_noun_is_not_one_of_another(checker: Checker, drawings: Drawings) -> None:
    (near,) = nearest_drawings(drawings, checker, on_ground(tile_of("dog"))[None])
    assert near is not None and near.shows(by_name()["dog"].id) and not near.shows(by_name()["cat"].id)


def test_plain_ground_has_no_drawing_and_what_the_checker_overlooks_has(drawings: Drawings) -> None:
    nothing = Look((), ())
    assert drawings.nearest(np.full((32, 32, 3), 200, np.uint8), nothing) is None
    near = drawings.nearest(on_ground(tile_of("key")), nothing)
    assert near is not None and near.shows(by_name()["key"].id)


def test_the_score_counts_pictures_and_names_the_nouns_that_fail(checker: Checker) -> None:
    nouns = [by_name()[name] for name in ("frog", "fish", "key")]

    def generate(
        prompts: Sequence[str], negatives: Sequence[str], seeds: Sequence[int], guidance: float | None = None
    ) -> np.ndarray:
        assert set(prompts) == {with_article(noun.name) for noun in nouns} and len(set(seeds)) == len(seeds) == 6
        return np.stack([mean_with_mirror(prompt.split()[-1]) for prompt in prompts])

    score = look_score(generate, checker, nouns, 2)
    assert (score.made.hits, score.made.count) == (2, 6) and score.real.value >= 0.8
    assert score.missed == {"fish": 2, "key": 2} and score.doubled == 4
    assert any("fish 2, key 2" in line for line in look_lines(score))


def test_some_nouns_are_spread_over_all_of_them() -> None:
    assert some_nouns(1000) == offered()
    few = some_nouns(24)
    assert len(set(few)) == 24 and {noun.tier for noun in few} == {concept.tier for concept in concepts()}
