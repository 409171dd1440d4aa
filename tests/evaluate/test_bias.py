"""Mixes of what a model fills in, and the plain rules that read them off pictures."""

import numpy as np
import pytest

from tdiff.evaluate.bias import (
    change_of_share,
    leaves_open,
    mix,
    skew,
    total_variation,
    training_mix,
    values_of,
)
from tdiff.evaluate.bias_rules import NOTHING
from tdiff.evaluate.bias_suite import measure_skews, skew_lines
from tdiff.world.concepts import STYLES, by_name
from tdiff.world.dataset import TRAIN_SIZE, example


def scenes_of_one(count: int, first: int = TRAIN_SIZE) -> list:
    found, index = [], first
    while len(found) < count:
        item = example(index)
        if item.scene.kind == "single":
            found.append(item)
        index += 1
    return found


def test_the_rules_read_what_a_scene_was_made_from() -> None:
    right: dict[str, list[bool]] = {"colour": [], "position": [], "style": []}
    for item in scenes_of_one(120):
        thing = item.scene.objects[0]
        truth = {"position": item.scene.position, "style": STYLES[thing.sprite.style]}
        truth["colour"] = thing.colour  # None where a drawing keeps its own colours: few of those have one alone
        for attribute, value in truth.items():
            if value is not None:
                right[attribute].append(values_of(item.image[None], attribute) == [value])
    assert {name: len(found) > 30 for name, found in right.items()} == dict.fromkeys(right, True)
    assert np.mean(right["colour"]) >= 0.9 and np.mean(right["position"]) >= 0.95 and np.mean(right["style"]) >= 0.9


def test_an_empty_ground_shows_nothing() -> None:
    empty = np.full((1, 32, 32, 3), 200, np.uint8)
    for attribute in ("colour", "position", "style"):
        assert values_of(empty, attribute) == [NOTHING]


def test_equal_mixes_have_no_distance_and_strangers_all_of_it() -> None:
    some = mix(["red"] * 3 + ["blue"])
    assert some.commonest == "red" and some.share("blue") == 0.25 and some.share("pink") == 0
    assert total_variation(some, some) == 0
    assert total_variation(some, mix(["green"])) == 1
    with pytest.raises(ValueError):
        mix([])


def test_a_skew_is_seen_only_where_chance_would_not_give_it() -> None:
    rng = np.random.default_rng(0)
    training = mix(["red"] * 200 + ["blue"] * 200)
    same = skew(mix(["red"] * 33 + ["blue"] * 31), training, rng)
    assert same.distance.value < same.chance
    other = skew(mix(["red"] * 60 + ["blue"] * 4), training, rng)
    assert other.distance.low > other.chance and other.training_share == 0.5
    assert other.share.low > 0.5 or other.top == "blue"
    grown = change_of_share(mix(["red"] * 32 + ["blue"] * 32), mix(["red"] * 60 + ["blue"] * 4), "red", rng)
    assert grown.low > 0 and grown.low < grown.value < grown.high


def test_captions_leave_open_what_they_do_not_name() -> None:
    heart, orange = by_name()["heart"], by_name()["orange"]
    assert leaves_open("a heart on a blue background", "colour", heart)
    assert not leaves_open("a pink heart on a blue background", "colour", heart)
    assert leaves_open("an orange", "colour", orange)
    assert not leaves_open("a heart in the top left corner", "position", heart)
    assert not leaves_open("a heart in 3d style", "style", heart)


def test_the_training_mix_of_open_captions_differs_from_that_of_all() -> None:
    heart = by_name()["heart"]
    left_open, every = (training_mix(heart, "colour", flag, most=150) for flag in (True, False))
    assert left_open.commonest == "red" and left_open.share("red") > every.share("red")


def test_a_model_that_only_paints_red_hearts_is_told_apart() -> None:
    heart = by_name()["heart"]
    red = next(
        item.image
        for item in (example(index) for index in range(TRAIN_SIZE, TRAIN_SIZE + 40_000))
        if item.scene.kind == "single"
        and item.scene.objects[0].sprite.concept == heart.id
        and item.scene.objects[0].colour_term == "red"
    )
    found = measure_skews(lambda prompt, count, guidance: np.stack([red] * count), ["heart"], 16, [4.0])
    assert set(found) == {f"a heart in any style, {attribute}, w = 4" for attribute in ("colour", "position", "style")}
    colour = found["a heart in any style, colour, w = 4"]
    assert colour.made.counts == {"red": 16} and colour.top == "red" and colour.share.value == 1
    assert any("red: " in line for line in skew_lines(found))
