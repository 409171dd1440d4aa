"""What was made is kept whole, newest first, and survives damage around it."""

import os
import random
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread

import pytest

from tdiff.errors import OutputError
from tdiff.recipe import Recipe, StartPicture
from tdiff.recipe.json import to_json
from tdiff.store import history as history_module
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


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"this is no database" * 100),
        lambda path: path.write_bytes(path.read_bytes()[:6000]),
        lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 8192),
        lambda path: (path.unlink(), os.mkfifo(path)),
        lambda path: (path.unlink(), path.mkdir()),
        lambda path: (path.unlink(), path.symlink_to("/dev/zero")),
        lambda path: alter(path, "drop table made", "create table made (id integer, recipe text)"),
        lambda path: alter(path, "alter table made rename to gone", "create view made as select * from gone"),
        lambda path: alter(path, "update made set id = 9223372036854775807 where id = 9"),
    ],
    ids=["text", "cut", "pages", "pipe", "folder", "device", "other table", "view", "numbers used up"],
)
def test_a_damaged_file_is_set_aside_and_said(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    path = tmp_path / "history.sqlite"
    for seed in range(9):
        History(path).add(Recipe(prompt="a cat", seed=seed), noise(seed))
    spoil(path)
    history = History(path)
    for _ in range(2):  # damage inside a file is found when that place is read
        with suppress(OutputError):
            history.add(Recipe(seed=99), PIXELS)
    with suppress(OutputError):
        history.newest()
    assert "history.sqlite.damaged" in history.trouble and "\n" not in history.trouble
    assert os.path.lexists(tmp_path / "history.sqlite.damaged")
    history.store()
    assert [entry.recipe.seed for entry in history.newest()] == [99]


def alter(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        for statement in statements:
            database.execute(statement)


def noise(seed: int) -> bytes:
    return random.Random(seed).randbytes(len(PIXELS))


def test_what_a_damaged_file_held_is_kept_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    path.write_bytes(b"this is no database" * 100)
    assert History(path).newest() == []
    assert (tmp_path / "history.sqlite.damaged").read_bytes() == b"this is no database" * 100


@pytest.mark.parametrize("column", ["at", "recipe", "pixels", "start", "note"])
@pytest.mark.parametrize(
    "value", ["text", "[/]\x1b[2J", 3, -1, 1e300, None, b"", b"\x00" * 5, zlib.compress(bytes(10**7)), "9" * 400_000]
)
def test_a_row_with_anything_in_it_is_read_or_passed_over_and_said(tmp_path: Path, column: str, value: object) -> None:
    history = History(tmp_path / "history.sqlite")
    history.add(Recipe(seed=1), PIXELS)
    history.add(Recipe(seed=2), PIXELS)
    with closing(sqlite3.connect(history.path)) as database, database:
        database.execute("create table other as select * from made")
        database.execute("drop table made")
        database.execute("alter table other rename to made")  # without the constraints
        database.execute(f"update made set {column} = ? where id = 2", (value,))
    found = [entry.recipe.seed for entry in History(history.path).newest()]
    history.newest()
    assert found in ([2, 1], [1])
    assert (found == [2, 1]) == (history.trouble == "")
    assert found == [1] or (column, value) in (("start", None), ("note", "text")) or column in ("note", "at")
    if column == "note" and found == [2, 1]:
        assert "\x1b" not in history.newest()[0].note


def test_text_that_is_not_utf8_spoils_its_row_only(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite")
    for seed in (1, 2):
        history.add(Recipe(seed=seed), PIXELS)
    alter(history.path, "update made set recipe = cast(x'7bff80' as text) where id = 1")
    assert [entry.recipe.seed for entry in history.newest()] == [2]
    assert "one entry" in history.trouble


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite")
    for seed in range(3):
        history.add(Recipe(seed=seed), PIXELS)
    alter(
        history.path,
        f"with recursive n(i) as (select 1 union all select i + 1 from n where i < {KEPT - 1}) "
        "insert into made (at, recipe, pixels, note) select 0.0, 'x', x'', i from n",
    )
    history.add(Recipe(seed=9), PIXELS)
    with closing(sqlite3.connect(history.path)) as database:
        rows = database.execute("select recipe from made where recipe != 'x'").fetchall()
        assert database.execute("select count(*) from made").fetchone() == (KEPT,)
    assert len(rows) == 1 and '"seed": 9' in rows[0][0]


def test_one_odd_number_does_not_push_the_others_out(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite")
    for seed in range(3):
        history.add(Recipe(seed=seed), PIXELS)
    alter(history.path, "update made set id = 1000000 where id = 3")
    history.add(Recipe(seed=9), PIXELS)
    assert [entry.recipe.seed for entry in history.newest()] == [9, 2, 1, 0]


def test_while_another_writes_it_waits_in_memory_and_is_stored_later(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(history_module, "_BUSY_SECONDS", 0.05)
    history = History(tmp_path / "history.sqlite")
    history.add(Recipe(seed=1), PIXELS)
    with closing(sqlite3.connect(history.path)) as other:
        other.execute("begin immediate")
        with pytest.raises(OutputError, match="another tdiff is writing"):
            history.add(Recipe(seed=2), PIXELS)
        assert history.waiting == 1
        assert [entry.recipe.seed for entry in history.newest()] == [2, 1]
    history.store()
    assert history.waiting == 0
    assert [entry.recipe.seed for entry in History(history.path).newest()] == [2, 1]


def test_what_waits_can_be_removed_and_put_back(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    history = History(tmp_path / "state" / "history.sqlite")
    for seed in (1, 2):
        with pytest.raises(OutputError):
            history.add(Recipe(seed=seed), PIXELS)
    newest = history.newest()[0]
    assert history.remove(newest.id) == newest
    assert [entry.recipe.seed for entry in history.newest()] == [1]
    history.restore(newest)
    assert [entry.recipe.seed for entry in history.newest()] == [2, 1]
    (tmp_path / "state").unlink()
    history.store()
    assert [entry.recipe.seed for entry in History(history.path).newest()] == [2, 1]


def test_two_at_once_store_all(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"

    def make(who: int) -> None:
        history = History(path)
        for seed in range(who * 100, who * 100 + 10):
            with suppress(OutputError):  # the other is writing: it waits for the next
                history.add(Recipe(seed=seed), PIXELS)
        while history.waiting:
            with suppress(OutputError):
                history.store()

    threads = [Thread(target=make, args=(who,)) for who in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = History(path)
    assert {entry.recipe.seed for entry in history.newest()} == {who * 100 + n for who in range(3) for n in range(10)}
    assert history.trouble == ""


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
