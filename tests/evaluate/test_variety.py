"""Variety of pictures that differ as much as we let them."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from tdiff.evaluate.checker import Checker, load_checker
from tdiff.evaluate.judge import Thing, Want
from tdiff.evaluate.look_score import some_nouns
from tdiff.evaluate.real import real_picture
from tdiff.evaluate.variety import SEEDS, Variety, measure_variety, real_scenes, variety_lines
from tdiff.pipeline import from_pixels, load
from tdiff.world.concepts import Concept
from tdiff.world.sprites import shown

NOUNS = some_nouns(6)
Paint = Callable[[Concept, int, bool], np.ndarray]


@pytest.fixture(scope="module")
def checker() -> Checker:
    return load_checker()


@pytest.fixture(scope="module")
def tower():
    return load().model.pair


def measured(paint: Paint, checker: Checker, tower) -> Variety:
    """What is measured of a model that paints for a noun, a number 0 … 9 and whether any style will do."""
    asked: list[tuple[str, int]] = []

    def generate(
        prompts: Sequence[str], negatives: Sequence[str], seeds: Sequence[int], guidance: float | None = None
    ) -> np.ndarray:
        assert len(set(seeds)) == len(seeds)
        asked.extend(zip(prompts, seeds, strict=True))
        noun_of = {prompt: max((n for n in NOUNS if n.name in prompt), key=lambda n: len(n.name)) for prompt in prompts}
        return np.stack(
            [paint(noun_of[prompt], number % SEEDS, "any style" in prompt) for number, prompt in enumerate(prompts)]
        )

    found = measure_variety(generate, checker, lambda pictures: tower.images(from_pixels(pictures)), NOUNS, NOUNS)
    assert len(asked) == 2 * SEEDS * len(NOUNS)
    return found


def as_the_world(noun: Concept, number: int, open_style: bool) -> np.ndarray:
    rng = np.random.default_rng((noun.id, number, 5))
    if not open_style:
        return real_scenes(noun, 1, rng)[0]
    styles = sorted(shown()[noun.id])
    return real_picture(Want((Thing(noun.id),), style=styles[number % len(styles)]), rng)


def the_same_again(noun: Concept, number: int, open_style: bool) -> np.ndarray:
    return as_the_world(noun, 0, open_style)


def test_a_model_that_paints_as_the_world_does_has_all_of_its_variety(checker: Checker, tower) -> None:
    found = measured(as_the_world, checker, tower)
    assert 0.8 < found.ratio < 1.25 and found.low < found.ratio < found.high
    assert found.right.value >= 0.9 and abs(found.natural - found.natural_real) < 0.2
    assert found.open.hits == found.open.count == len(NOUNS)


def test_one_picture_for_all_seeds_has_none(checker: Checker, tower) -> None:
    found = measured(the_same_again, checker, tower)
    assert found.made == pytest.approx(1, abs=1e-3) and found.ratio == pytest.approx(1 / found.real, rel=1e-3)
    assert found.ratio < 0.7 and found.open.hits == 0
    assert any("0 of 6 nouns" in line for line in variety_lines(found))


def test_noise_is_various_and_neither_right_nor_natural(checker: Checker, tower) -> None:
    def noise(noun: Concept, number: int, open_style: bool) -> np.ndarray:
        return np.random.default_rng((noun.id, number)).integers(0, 256, (32, 32, 3), dtype=np.uint8)

    found = measured(noise, checker, tower)
    assert found.right.hits <= 3 and found.natural < 0.5 < found.natural_real


def test_real_scenes_show_the_noun_where_and_as_large_as_the_world_has_it(checker: Checker) -> None:
    noun = NOUNS[2]
    looks = checker.look(real_scenes(noun, 40, np.random.default_rng(3)))
    sides = [seen.side for look in looks for seen in look.objects if seen.concept == noun.id]
    assert len(sides) >= 36 and min(sides) < 17 and max(sides) > 26
