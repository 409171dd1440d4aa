"""What was made in the studio, kept between runs: a small SQLite file in the user's state folder."""

import os
import sqlite3
import stat
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from tdiff.errors import OutputError, TdiffError
from tdiff.paths import user_dirs
from tdiff.recipe import Recipe
from tdiff.recipe.json import SIZE_LIMIT, from_json, to_json
from tdiff.store.kept import set_aside
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
_SANE = f"""
    typeof(recipe) = 'text' and length(cast(recipe as blob)) <= {SIZE_LIMIT} and typeof(note) = 'text'
    and typeof(pixels) = 'blob' and length(pixels) <= {2 * _BYTES}
    and (start is null or typeof(start) = 'blob' and length(start) <= {2 * _BYTES})
    and typeof(at) = 'real' and at between 0 and {253_402_214_400}
"""
"""What a row of ours is like, as SQLite takes anything for anything; times end with the year 9999."""
_DAMAGED: Final = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""What SQLite answers where the file is none of ours; SQLITE_ERROR is for tables of another make."""
_BESIDE: Final = ("-journal", "-wal", "-shm")
"""What SQLite has beside a file: left behind, it would be taken for the next file's."""
_NOT_STORED: Final = 2**61
"""Ids from here on are of entries that are in memory only."""


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

    @property
    def stored(self) -> bool:
        """Whether it is in the file, not in memory only."""
        return self.id < _NOT_STORED


class History:
    """Pictures with their recipes, newest first. SQLite's journal makes every change whole or not at all.

    What cannot be stored is kept in memory, is among the newest, and is stored with the next one that can be. A file
    that is damaged is set aside under another name.

    Args:
        path: the file; the user's state folder if None. Nothing is created before the first `add`.

    Attributes:
        spoilt: how many entries `newest` passed over because they make no sense.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = user_dirs().state / "history.sqlite" if path is None else path
        self.spoilt = 0
        self._aside = ""
        self._waiting: list[Entry] = []
        self._given = 0  # ids to entries that waited
        self._storing = Lock()

    @property
    def waiting(self) -> int:
        """How many entries are in memory only."""
        return len(self._waiting)

    @property
    def trouble(self) -> str:
        """What was found damaged; "" if nothing was."""
        if self.spoilt and not self._aside:
            many = f"{self.spoilt} entries" if self.spoilt > 1 else "one entry"
            return f"{many} of the history cannot be read: left out, but kept in {clean_text(str(self.path), 200)}"
        return self._aside

    def add(self, recipe: Recipe, pixels: bytes, start: bytes | None = None, note: str = "") -> None:
        """Keep a picture; one of the same recipe and note that was there gives way to it.

        Raises:
            OutputError: the file cannot be written; the picture waits in memory.
        """
        self._given += 1
        self._waiting.append(Entry(_NOT_STORED + self._given, time.time(), recipe, pixels, start, note))
        self.store()

    def store(self) -> None:
        """Store what waits in memory.

        Raises:
            OutputError: the file cannot be written.
        """
        with self._storing:
            entries = list(self._waiting)
            if not entries:
                return
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as error:
                raise OutputError(f"cannot keep history in {clean_text(str(self.path))}: {error.strerror}") from error
            with self._open() as database:
                for entry in entries:
                    database.execute(
                        "delete from made where recipe = ? and note = ?", (to_json(entry.recipe), entry.note)
                    )
                    database.execute(
                        "insert into made (at, recipe, pixels, start, note) values (?, ?, ?, ?, ?)", _row(entry)
                    )
                database.execute(
                    "delete from made where id < (select min(id) from (select id from made order by id desc limit ?))",
                    (KEPT,),
                )
            stored = {entry.id for entry in entries}
            self._waiting = [entry for entry in self._waiting if entry.id not in stored]

    def newest(self, count: int = 100, before: int | None = None) -> list[Entry]:
        """Return up to `count` entries, newest first, older than entry `before` if given.

        Raises:
            OutputError: the file cannot be read.
        """
        waiting = [entry for entry in reversed(self._waiting) if before is None or entry.id < before][:count]
        try:
            self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return waiting
        except OSError as error:
            if waiting:
                return waiting
            raise OutputError(f"the history in {clean_text(str(self.path))} may not be read") from error
        try:
            with self._open() as database:
                found, self.spoilt = _read(database, count - len(waiting), _NOT_STORED if before is None else before)
        except OutputError:
            if not waiting:
                raise
            found = []
        return waiting + found

    def remove(self, id: int) -> Entry | None:
        """Remove an entry and return it, for undo.

        Raises:
            OutputError: the file cannot be written.
        """
        if id >= _NOT_STORED:
            gone = next((entry for entry in self._waiting if entry.id == id), None)
            self._waiting = [entry for entry in self._waiting if entry.id != id]
            return gone
        with self._open() as database:
            row = database.execute(f"select {_COLUMNS} from made where id = ? and {_SANE}", (id,)).fetchone()
            database.execute("delete from made where id = ?", (id,))
        return None if row is None else _entry(row)

    def restore(self, entry: Entry) -> None:
        """Put a removed entry back where it was.

        Raises:
            OutputError: the file cannot be written.
        """
        if entry.id >= _NOT_STORED:
            self._waiting = sorted([*self._waiting, entry], key=lambda each: each.id)
            return
        with self._open() as database:
            database.execute(
                f"insert or ignore into made ({_COLUMNS}) values (?, ?, ?, ?, ?, ?)", (entry.id, *_row(entry))
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one change, made whole or not at all; one that is damaged is set aside."""
        try:
            try:
                database = self._connect()
            except _Damaged as error:
                self._set_aside(str(error))
                database = self._connect()
            with closing(database), database:
                yield database
        except (sqlite3.Error, OSError, _Damaged) as error:
            if _is_damage(error):
                self._set_aside(str(error))
                raise OutputError(self._aside) from error
            why = "another tdiff is writing to it" if _is_busy(error) else error
            raise OutputError(f"the history in {clean_text(str(self.path))} cannot be used now ({why})") from error

    def _connect(self) -> sqlite3.Connection:
        """Open the file and see that it has our table.

        Raises:
            _Damaged: it is none of ours.
            sqlite3.Error: it cannot be used now.
        """
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(self.path.stat().st_mode):
                raise _Damaged("it is no regular file")
        database = sqlite3.connect(self.path, timeout=_BUSY_SECONDS)
        try:
            with suppress(OSError):  # of another user, who lets us read it
                self.path.chmod(0o600)
            database.text_factory = lambda text: text.decode("utf-8", "replace")
            if not _LATER.keys() <= _columns(database):
                _make_table(database)
            (last,) = database.execute("select max(id) from made").fetchone()
            if last is not None and last >= _NOT_STORED:
                raise _Damaged("its numbers are used up")
        except sqlite3.Error as error:
            database.close()
            raise _Damaged(str(error)) if _is_damage(error) else error from error
        except _Damaged:
            database.close()
            raise
        return database

    def _set_aside(self, why: str) -> None:
        """Move the file away, with what SQLite has beside it: that would be taken for the next file's."""
        for ending in _BESIDE:
            with suppress(OSError):
                os.rename(f"{self.path}{ending}", f"{self.path}.damaged{ending}")
        self._aside = set_aside(self.path, "the history", why)


class _Damaged(Exception):
    """The file is none that we wrote."""


def _is_damage(error: Exception) -> bool:
    return isinstance(error, _Damaged) or _code(error) in _DAMAGED


def _is_busy(error: Exception) -> bool:
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(error: Exception) -> int | None:
    """SQLite's primary result code; None for errors that are not its own."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _columns(database: sqlite3.Connection) -> set[str]:
    return {column[1] for column in database.execute("pragma table_info(made)")}


def _make_table(database: sqlite3.Connection) -> None:
    """Make the table, or give it the columns that files of earlier versions lack; one program at a time."""
    database.execute("begin immediate")
    database.execute(_SCHEMA)
    there = _columns(database)
    for name, kind in _LATER.items():
        if name not in there:
            database.execute(f"alter table made add column {name} {kind}")
    database.commit()


def _read(database: sqlite3.Connection, count: int, before: int) -> tuple[list[Entry], int]:
    """Read the newest entries before one, and count those that make no sense."""
    (spoilt,) = database.execute(f"select count(*) from made where ({_SANE}) is not true").fetchone()
    found: list[Entry] = []
    for row in database.execute(f"select {_COLUMNS} from made where id < ? and {_SANE} order by id desc", (before,)):
        if len(found) == count:
            break
        entry = _entry(row)
        if entry is None:
            spoilt += 1
        else:
            found.append(entry)
    return found, spoilt


def _row(entry: Entry) -> tuple[float, str, bytes, bytes | None, str]:
    """All columns but the id."""
    return entry.at, to_json(entry.recipe), zlib.compress(entry.pixels), _packed(entry.start), entry.note


def _packed(pixels: bytes | None) -> bytes | None:
    return None if pixels is None else zlib.compress(pixels)


def _entry(row: tuple[int, float, str, bytes, bytes | None, str]) -> Entry | None:
    """Read a row; None for one that makes no sense."""
    number, at, recipe, pixels, start, note = row
    try:
        plain = [zlib.decompressobj().decompress(each, _BYTES + 1) for each in (pixels, start) if each is not None]
        if any(len(each) != _BYTES for each in plain):
            return None
        kept = plain[1] if start is not None else None
        return Entry(number, at, from_json(recipe.encode()).recipe, plain[0], kept, clean_text(note, _NOTE_LIMIT))
    except (TdiffError, zlib.error):
        return None
