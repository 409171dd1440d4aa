"""The explorer opens where it was left, and a damaged file is no obstacle."""

from pathlib import Path

import pytest

from tdiff.recipe import Recipe, StartPicture
from tdiff.store.place import Place, load_place, save_place


def test_round_trip(tmp_path: Path) -> None:
    place = Place(5, {1: Recipe(prompt="a cat", seed=3), 5: Recipe(prompt="zwölf 🐸", guidance=-1.5)})
    save_place(place, tmp_path / "place.json")
    assert load_place(tmp_path / "place.json") == place


def test_a_start_picture_is_left_out_since_only_its_hash_is_known(tmp_path: Path) -> None:
    save_place(Place(5, {5: Recipe(start=StartPicture("0" * 64, 0.5))}), tmp_path / "place.json")
    assert load_place(tmp_path / "place.json").recipes[5].start is None


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"version": 2}', '{"version": 1, "lesson": 99}', '{"version": 1, "lesson": true, "benches": 3}',
     '{"version": 1, "lesson": 2, "benches": {"2": {"schema": 1, "steps": -4}}}', "[" * 100_000],
)  # fmt: skip
def test_what_makes_no_sense_begins_anew(tmp_path: Path, text: str) -> None:
    path = tmp_path / "place.json"
    path.write_text(text)
    assert load_place(path).recipes == {}
    assert load_place(path).lesson in (1, 2)
