"""What was made is kept whole, newest first, and survives damage around it."""

import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from tdiff.errors import OutputError
from tdiff.recipe import Recipe, StartPicture
from tdiff.recipe.json import to_json
from tdiff.store.history import KEPT, History

PIXELS = bytes(range(256)) * 12


def test_nothing_is_created_before_something_is_kept(tmp_path: Path) -> None:
    history = History(tmp_path / "deep" / "history.sqlite")
    assert history.newest() == []
    assert not (tmp_path / "deep").exists()


def test_newest_first_with_pixels_and_recipe(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite")
    for seed in range(5):
        history.add(Recipe(prompt="a cat", seed=seed), PIXELS)
    found = history.newest(3)
    assert [entry.recipe.seed for entry in found] == [4, 3, 2]
    assert found[0].pixels == PIXELS
    assert [entry.recipe.seed for entry in history.newest(3, before=found[-1].id)] == [1, 0]
    assert (tmp_path / "history.sqlite").stat().st_mode & 0o777 == 0o600


def test_what_is_removed_can_be_put_back_in_its_place(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite")
    for seed in range(3):
        history.add(Recipe(seed=seed), PIXELS)
    middle = history.newest()[1]
    removed = history.remove(middle.id)
    assert removed == middle
    assert [entry.recipe.seed for entry in history.newest()] == [2, 0]
    history.restore(removed)
    assert [entry.recipe.seed for entry in history.newest()] == [2, 1, 0]


def test_two_programs_keep_pictures_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    a, b = History(path), History(path)
    a.add(Recipe(seed=1), PIXELS)
    b.add(Recipe(seed=2), PIXELS)
    assert [entry.recipe.seed for entry in a.newest()] == [2, 1]


def test_a_row_that_makes_no_sense_is_passed_over(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite")
    history.add(Recipe(seed=1), PIXELS)
    with sqlite3.connect(history.path) as database:
        database.execute("insert into made (at, recipe, pixels) values (0, 'nonsense', x'00')")
    history.add(Recipe(seed=2), PIXELS)
    assert [entry.recipe.seed for entry in history.newest()] == [2, 1]


def test_a_damaged_file_is_said_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(OutputError, match="move the file away"):
        History(path).newest()
    assert path.read_bytes().startswith(b"this is no database")


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite")
    history.add(Recipe(seed=0), PIXELS)
    with sqlite3.connect(history.path) as database:
        database.execute("update sqlite_sequence set seq = ? where name = 'made'", (KEPT,))
    history.add(Recipe(seed=1), PIXELS)
    assert [entry.recipe.seed for entry in history.newest()] == [1]


def test_the_same_recipe_is_kept_once_and_is_the_newest(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite")
    for seed in (1, 2, 1):
        history.add(Recipe(prompt="a cat", seed=seed), bytes(32 * 32 * 3))
    assert [entry.recipe.seed for entry in history.newest()] == [1, 2]


def test_a_start_picture_is_kept_and_an_older_file_is_read_on(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "create table made (id integer primary key autoincrement, at real not null, recipe text not null, "
            "pixels blob not null)"
        )
        row = (0.0, to_json(Recipe(seed=1)), zlib.compress(PIXELS))
        database.execute("insert into made (at, recipe, pixels) values (?, ?, ?)", row)
    history, start = History(path), bytes([7]) * len(PIXELS)
    assert history.newest()[0].start is None and history.newest()[0].note == ""
    history.add(Recipe(seed=2, start=StartPicture("0" * 64, 0.5)), PIXELS, start)
    assert [entry.start for entry in history.newest()] == [start, None]
    removed = history.remove(history.newest()[0].id)
    history.restore(removed)
    assert history.newest()[0].start == start


def test_a_note_tells_two_pictures_of_one_recipe_apart(tmp_path: Path) -> None:
    history, other = History(tmp_path / "history.sqlite"), bytes(len(PIXELS))
    history.add(Recipe(seed=1), PIXELS)
    history.add(Recipe(seed=1), other, note="Fork at step 3: guidance 8")
    assert [(entry.pixels, entry.note) for entry in history.newest()] == [
        (other, "Fork at step 3: guidance 8"),
        (PIXELS, ""),
    ]
    removed = history.remove(history.newest()[0].id)
    history.restore(removed)
    assert history.newest()[0] == removed
