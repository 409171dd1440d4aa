"""The explorer opens where it was left, and a damaged file is set aside."""

from pathlib import Path

import pytest

from tdiff.recipe import Recipe, StartPicture
from tdiff.store.place import Place, load_place, save_place
from tests.hostile import HOSTILE


def test_round_trip(tmp_path: Path) -> None:
    place = Place(5, {1: Recipe(prompt="a cat", seed=3), 5: Recipe(prompt="zwölf 🐸", guidance=-1.5)})
    save_place(place, tmp_path / "place.json")
    assert load_place(tmp_path / "place.json") == (place, "")


def test_a_start_picture_is_left_out_since_only_its_hash_is_known(tmp_path: Path) -> None:
    save_place(Place(5, {5: Recipe(start=StartPicture("0" * 64, 0.5))}), tmp_path / "place.json")
    assert load_place(tmp_path / "place.json")[0].recipes[5].start is None


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"version": 2}', '{"version": 1, "lesson": 99}', '{"version": 1, "lesson": true, "benches": 3}',
     '{"version": 1, "lesson": 2, "benches": {"2": {"schema": 1, "steps": -4}}}', "[" * 100_000],
)  # fmt: skip
def test_what_makes_no_sense_is_set_aside_and_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "place.json"
    path.write_text(text)
    place, said = load_place(path)
    assert place == Place()
    assert "place.json.damaged" in said and "\n" not in said
    assert (tmp_path / "place.json.damaged").read_text() == text
    assert load_place(path) == (Place(), "")


def test_two_explorers_keep_what_each_of_them_left(tmp_path: Path) -> None:
    path = tmp_path / "place.json"
    begin = Place(1, {1: Recipe(seed=1)})
    save_place(begin, path)
    frog, cat = Recipe(prompt="a frog"), Recipe(prompt="a cat")
    save_place(Place(2, {1: Recipe(seed=1), 2: frog}), path, since=begin)
    save_place(Place(1, {1: Recipe(seed=1), 5: cat}, "nord"), path, since=begin)
    assert load_place(path) == (Place(2, {1: Recipe(seed=1), 2: frog, 5: cat}, "nord"), "")


def test_a_recipe_with_any_character_comes_back(tmp_path: Path) -> None:
    place = Place(5, {5: Recipe(prompt="".join(text for text in HOSTILE if len(text) < 40)[:1000])})
    save_place(place, tmp_path / "place.json")
    assert load_place(tmp_path / "place.json") == (place, "")
