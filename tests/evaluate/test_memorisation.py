"""The search for near copies finds what an exhaustive one would."""

from dataclasses import replace

import numpy as np
import pytest

from tdiff.errors import AssetError
from tdiff.evaluate.memorisation import (
    distance_ratio,
    held_out_neighbours,
    nearness,
    neighbours,
    pictures_of,
    rms_distances,
    training_picture,
    training_scenes,
)
from tdiff.evaluate.memorisation_codes import read_codes, shipped_codes
from tdiff.world.concepts import by_name, concepts, held_out
from tdiff.world.dataset import TRAIN_SIZE, described, example
from tdiff.world.palette import COLOURS


@pytest.mark.parametrize("index", [0, 123_456, TRAIN_SIZE - 1])
def test_a_training_picture_is_found_to_be_a_copy_of_itself(index: int) -> None:
    found = neighbours(training_picture(index))
    assert found.distance == 0 and found.ratio == 0
    assert example(int(found.indices[0])).image.tolist() == example(index).image.tolist()
    assert (np.diff(found.distances) >= 0).all()


def test_a_copy_with_some_noise_stands_out_and_a_picture_of_nothing_known_does_not() -> None:
    rng = np.random.default_rng(0)
    near = training_picture(77).astype(np.float64) + rng.normal(0, 6, (32, 32, 3))
    copy = neighbours(np.clip(near, 0, 255).astype(np.uint8))
    assert copy.indices[0] == 77 and copy.ratio < 0.6
    assert neighbours(rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)).ratio > 0.95


def test_codes_find_what_looking_at_every_picture_finds() -> None:
    first = 4000
    few = replace(shipped_codes(), codes=shipped_codes().codes[:, :first])
    every = np.stack([example(index).image for index in range(first)])
    missed = []
    for index in range(TRAIN_SIZE, TRAIN_SIZE + 30):
        picture = example(index).image
        best = rms_distances(picture, every).min()
        missed.append(neighbours(picture, codes=few, candidates=200).distance > best + 1e-12)
    assert sum(missed) <= 1


def test_the_ratio_is_the_nearest_over_the_mean_of_the_fifty_nearest() -> None:
    assert distance_ratio(np.r_[0.2, np.full(99, 0.4)]) == pytest.approx(0.2 / (0.2 / 50 + 0.4 * 49 / 50))
    assert distance_ratio(np.zeros(60)) == 0
    assert distance_ratio(np.full(60, 0.3)) == pytest.approx(1)


def test_copies_fall_below_the_line_that_held_out_scenes_draw() -> None:
    control = list(held_out_neighbours(12))
    near = nearness([neighbours(training_picture(index)) for index in range(6)], control)
    assert near.below.value == 1 and near.distance == 0 < near.control_distance
    assert (near.made, near.control) == (6, 12)
    same = nearness(control, control)
    assert same.below.value <= 1 / 12


def test_nothing_held_out_is_in_the_training_set() -> None:
    concept, colour = next(
        (concept, colour) for concept in concepts() for colour in COLOURS if held_out(concept, colour)
    )
    assert pictures_of(concept.id, colour) == 0
    assert any(pictures_of(concept.id, other) for other in COLOURS if other != colour)


def test_scenes_of_a_noun_all_show_it() -> None:
    cat = by_name()["cat"].id
    scenes = list(training_scenes(cat, "single"))
    assert len(scenes) > 100
    for index, scene, caption in scenes[:20]:
        assert [item.sprite.concept for item in scene.objects] == [cat]
        assert described(index)[1] == caption


def test_a_damaged_file_is_refused_in_one_sentence(tmp_path) -> None:
    for name, content in (("empty", b""), ("text", b"not an archive")):
        path = tmp_path / f"{name}.npz"
        path.write_bytes(content)
        with pytest.raises(AssetError, match="reinstall"):
            read_codes(path)
    path = tmp_path / "other.npz"
    np.savez(path, world=np.array([9, 9]))
    with pytest.raises(AssetError, match=r"other\.npz"):
        read_codes(path)
