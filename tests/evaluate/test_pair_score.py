"""The pair is measured on unseen scenes, their captions, and captions made false."""

from collections.abc import Sequence

import numpy as np
import pytest

from tdiff.evaluate.false_captions import KINDS
from tdiff.evaluate.pair_score import PairScore, pair_lines, pair_score, unseen_scenes
from tdiff.pipeline import from_pixels, load

COUNT = 40


def knowing(text_of: dict[bytes, np.ndarray], order: bool) -> PairScore:
    """What a pair scores that knows each picture's caption by heart, or all of it but the order of its words."""
    told: dict[tuple[int, ...], np.ndarray] = {}

    def features(pictures: np.ndarray) -> np.ndarray:
        return np.stack([text_of[picture.tobytes()] for picture in pictures])

    def say(ids: Sequence[int]) -> np.ndarray:
        key = tuple(ids) if order else tuple(sorted(ids))
        if key not in told:
            told[key] = np.random.default_rng([7, *key]).standard_normal(64).astype(np.float32)
        return told[key] / np.linalg.norm(told[key])

    pictures, captions = unseen_scenes(COUNT)
    for picture, ids in zip(pictures, captions, strict=True):
        text_of[picture.tobytes()] = say(ids.tolist())
    return pair_score(features, say, COUNT)


def test_one_that_knows_everything_finds_every_caption_and_is_taken_in_by_none() -> None:
    score = knowing({}, order=True)
    assert [each.value for each in score.recall.values()] == [1.0, 1.0]
    assert list(score.recall) == ["caption of a picture, among 40", "picture of a caption, among 40"]
    assert all(each.value == 1.0 for each in score.told.values()) and set(score.told) <= {"any", *KINDS}
    assert score.told["any"].count == sum(each.count for kind, each in score.told.items() if kind != "any")


def test_one_that_hears_words_without_their_order_is_not_told_swapped_colours() -> None:
    score = knowing({}, order=False)
    assert score.told["swapped colours"].value == 0.0  # a tie is not told
    assert score.told["noun"].value == 1.0


def test_chance_is_a_half_and_one_in_so_many() -> None:
    rng = np.random.default_rng(3)

    def unit(values: np.ndarray) -> np.ndarray:
        return (values / np.linalg.norm(values, axis=-1, keepdims=True)).astype(np.float32)

    score = pair_score(
        lambda pictures: unit(rng.standard_normal((len(pictures), 64))), lambda ids: unit(rng.standard_normal(64)), 200
    )
    assert score.told["any"].value == pytest.approx(0.5, abs=0.12)
    assert all(each.value < 0.06 for each in score.recall.values())
    assert [each.count for each in score.recall.values()] == [200, 200, 200, 200]  # two blocks of 100, one of 200


def test_the_pair_that_ships_knows_who_stands_where() -> None:
    pair = load().model.pair
    score = pair_score(lambda pictures: pair.images(from_pixels(pictures)), pair.text, 300)
    assert score.told["order"].count > 10 and score.told["order"].value >= 0.9
    assert score.recall["caption of a picture, among 100"].value >= 0.97
    lines = pair_lines(score)
    assert any(line.startswith("  told from a false one: order") and "of" in line for line in lines)
