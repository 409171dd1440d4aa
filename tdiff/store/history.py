"""What was made in the studio, kept between runs: a small SQLite file in the user's state folder."""

import sqlite3
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tdiff.errors import OutputError, TdiffError
from tdiff.paths import user_dirs
from tdiff.recipe import Recipe
from tdiff.recipe.json import from_json, to_json
from tdiff.text import clean_text

KEPT = 2000
"""Entries kept; the oldest go first."""

_SCHEMA = """
create table if not exists made (
    id integer primary key autoincrement,
    at real not null,
    recipe text not null,
    pixels blob not null,
    start blob,
    note text not null default ''
)
"""
_LATER = {"start": "blob", "note": "text not null default ''"}
"""Columns that files of earlier versions lack."""
_COLUMNS = "id, at, recipe, pixels, start, note"
_NOTE_LIMIT = 200
_BUSY_SECONDS = 2.0
_BYTES = 32 * 32 * 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture that was made.

    Attributes:
        id: its number.
        at: when, in seconds since 1970.
        recipe: how.
        pixels: 32·32·3 bytes, row by row.
        start: of the picture that it started from, likewise; None where it started from noise.
        note: what the recipe does not say, such as at which step it was forked; "" where it says all.
    """

    id: int
    at: float
    recipe: Recipe
    pixels: bytes
    start: bytes | None = None
    note: str = ""


class History:
    """Pictures with their recipes, newest first. SQLite's journal makes every change whole or not at all.

    Args:
        path: the file; the user's state folder if None. Nothing is created before the first `add`.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = user_dirs().state / "history.sqlite" if path is None else path

    def add(self, recipe: Recipe, pixels: bytes, start: bytes | None = None, note: str = "") -> None:
        """Keep a picture; one of the same recipe and note that was there gives way to it.

        Raises:
            OutputError: the file cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise OutputError(f"cannot keep history in {clean_text(str(self.path))}: {error.strerror}") from error
        with self._open() as database:
            database.execute("delete from made where recipe = ? and note = ?", (to_json(recipe), note))
            database.execute(
                "insert into made (at, recipe, pixels, start, note) values (?, ?, ?, ?, ?)",
                (time.time(), to_json(recipe), zlib.compress(pixels), _packed(start), note),
            )
            database.execute("delete from made where id <= (select max(id) from made) - ?", (KEPT,))

    def newest(self, count: int = 100, before: int | None = None) -> list[Entry]:
        """Return up to `count` entries, newest first, older than entry `before` if given.

        Raises:
            OutputError: the file cannot be read.
        """
        try:
            self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise OutputError(f"the history in {clean_text(str(self.path))} may not be read") from error
        with self._open() as database:
            rows = database.execute(
                f"select {_COLUMNS} from made where id < ? order by id desc limit ?",
                (2**62 if before is None else before, count),
            ).fetchall()
        return [entry for row in rows if (entry := _entry(row)) is not None]

    def remove(self, id: int) -> Entry | None:
        """Remove an entry and return it, for undo."""
        with self._open() as database:
            row = database.execute(f"select {_COLUMNS} from made where id = ?", (id,)).fetchone()
            database.execute("delete from made where id = ?", (id,))
        return None if row is None else _entry(row)

    def restore(self, entry: Entry) -> None:
        """Put a removed entry back where it was."""
        with self._open() as database:
            database.execute(
                f"insert or ignore into made ({_COLUMNS}) values (?, ?, ?, ?, ?, ?)",
                (
                    entry.id,
                    entry.at,
                    to_json(entry.recipe),
                    zlib.compress(entry.pixels),
                    _packed(entry.start),
                    entry.note,
                ),
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=_BUSY_SECONDS)) as database:
                with suppress(OSError):  # of another user, who lets us read it
                    self.path.chmod(0o600)
                database.execute(_SCHEMA)
                there = {column[1] for column in database.execute("pragma table_info(made)")}
                for name, kind in _LATER.items():
                    if name not in there:
                        database.execute(f"alter table made add column {name} {kind}")
                with database:
                    yield database
        except (sqlite3.Error, OSError) as error:
            shown = clean_text(str(self.path))
            raise OutputError(
                f"the history in {shown} cannot be used ({error})", remedy="move the file away to begin anew"
            ) from error


def _packed(pixels: bytes | None) -> bytes | None:
    return None if pixels is None else zlib.compress(pixels)


def _entry(row: tuple[int, float, str, bytes, bytes | None, str]) -> Entry | None:
    """Read a row; one that no longer makes sense is passed over, and stays in the file."""
    number, at, recipe, pixels, start, note = row
    try:
        plain = [zlib.decompressobj().decompress(each, _BYTES + 1) for each in (pixels, start) if each is not None]
        if any(len(each) != _BYTES for each in plain):
            return None
        kept = plain[1] if start is not None else None
        return Entry(number, at, from_json(recipe.encode()).recipe, plain[0], kept, clean_text(str(note), _NOTE_LIMIT))
    except (TdiffError, zlib.error):
        return None
