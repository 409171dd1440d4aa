"""What marks survive, as `benchmarks/watermark.py --write` measured and recorded it for the weights that ship."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tdiff.diffusion.watermark_noise import METHODS
from tdiff.errors import AssetError
from tdiff.paths import asset_path
from tdiff.provenance.watermark_measure import Measured, Survival
from tdiff.share import Share, share
from tdiff.text import clean_text

NAME: Final = "watermark/table.json"
VERSION: Final = 1
_SIZE_LIMIT = 256 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class RecordedTable:
    """A measurement that was kept.

    Attributes:
        model: name and hash of the weights, such as "sprite-32 01234567".
        pictures_seen: how long they had been trained.
        settings: how the pictures were made.
        key: id of the key that was hidden.
        count: marked pictures of each method, and as many unmarked ones.
        measured: thresholds, survival, spread.
    """

    model: str
    pictures_seen: int
    settings: str
    key: str
    count: int
    measured: Measured

    def row(self, method: str, attack: str) -> Survival:
        """Return the figures of a method under an attack.

        Raises:
            KeyError: it was not measured.
        """
        for row in self.measured.rows:
            if (row.method, row.attack) == (method, attack):
                return row
        raise KeyError(f"{method}, {attack}")


def table_json(table: RecordedTable) -> str:
    """Return a table as the text of its file; intervals are not stored, since they follow from the counts."""
    content = {
        "version": VERSION,
        "model": table.model,
        "pictures_seen": table.pictures_seen,
        "settings": table.settings,
        "key": table.key,
        "count": table.count,
        "thresholds": {method: round(score, 4) for method, score in table.measured.thresholds.items()},
        "rows": [_row_content(row) for row in table.measured.rows],
        "spread": {kind: round(value, 3) for kind, value in table.measured.spread.items()},
    }
    return json.dumps(content, indent=1) + "\n"


def recorded_table(path: Path | None = None) -> RecordedTable:
    """Read a table.

    Args:
        path: the file; the shipped one by default.

    Raises:
        AssetError: it is missing, damaged, or of another version.
    """
    path = asset_path(NAME) if path is None else path
    try:
        with path.open("rb") as file:
            data = file.read(_SIZE_LIMIT + 1)
        return _parsed(json.loads(data.decode("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = clean_text(str(error), 120)
        raise AssetError(
            f"{path.name}, the measurement of marks, cannot be read ({why})",
            remedy="reinstall tdiff-explorer, or make it again with python benchmarks/watermark.py --write",
        ) from error


def _row_content(row: Survival) -> dict[str, Any]:
    return {
        "method": row.method,
        "attack": row.attack,
        "detected": [row.detected.hits, row.detected.count],
        "false_alarms": [row.false_alarms.hits, row.false_alarms.count],
        "median": round(row.median, 3),
        "bits_read": None if row.bits_read is None else round(row.bits_read, 4),
    }


def _parsed(content: Mapping[str, Any]) -> RecordedTable:
    """Build a table.

    Raises:
        ValueError: it is of another version, or its numbers cannot be.
        KeyError: something is missing.
        TypeError: something is of the wrong kind.
        AttributeError: likewise.
    """
    if content["version"] != VERSION:
        raise ValueError(f"it is of version {content['version']!r}, and this tdiff reads version {VERSION}")
    rows = tuple(_row(each) for each in content["rows"])
    if {row.method for row in rows} != set(METHODS):
        raise ValueError("it does not hold the rows of every method")
    thresholds = {str(method): float(score) for method, score in content["thresholds"].items()}
    spread = {str(kind): float(value) for kind, value in content["spread"].items()}
    return RecordedTable(
        model=clean_text(str(content["model"]), 60),
        pictures_seen=int(content["pictures_seen"]),
        settings=clean_text(str(content["settings"]), 120),
        key=clean_text(str(content["key"]), 64),
        count=_count(content["count"], 1),
        measured=Measured(thresholds, rows, spread),
    )


def _row(content: Mapping[str, Any]) -> Survival:
    bits_read = content["bits_read"]
    return Survival(
        method=str(content["method"]),
        attack=clean_text(str(content["attack"]), 40),
        detected=_share(content["detected"]),
        false_alarms=_share(content["false_alarms"]),
        median=float(content["median"]),
        bits_read=None if bits_read is None else float(bits_read),
    )


def _share(pair: Any) -> Share:
    hits, count = pair
    count = _count(count, 1)
    if _count(hits, 0) > count:
        raise ValueError(f"{hits} of {count} were found")
    return share(hits, count)


def _count(value: Any, least: int) -> int:
    if type(value) is not int or value < least:
        raise ValueError(f"{value!r} is no number of pictures")
    return value
