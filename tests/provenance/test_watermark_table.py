"""The recorded table of what marks survive: written, read back, refused where it is damaged."""

import json
from pathlib import Path

import pytest

from tdiff.diffusion.watermark_noise import METHODS
from tdiff.errors import AssetError
from tdiff.provenance.watermark_attacks import ATTACKS
from tdiff.provenance.watermark_measure import Measured, Survival
from tdiff.provenance.watermark_table import RecordedTable, recorded_table, table_json
from tdiff.share import share

ROWS = tuple(
    Survival(method, attack, share(19, 20), share(1, 20), 5.25, None if method == "ring" else 0.875)
    for method in METHODS
    for attack in ("none", "mirror")
)
TABLE = RecordedTable(
    "sprite-32 01234567", 1000, "guidance 4", "d1ff", 20, Measured({"ring": 2.5, "bits": 3.5}, ROWS, {"unmarked": 24.0})
)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_text(table_json(TABLE))
    assert recorded_table(path) == TABLE


def test_intervals_follow_from_the_counts(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_text(table_json(TABLE))
    assert recorded_table(path).row("ring", "none").false_alarms == share(1, 20)
    with pytest.raises(KeyError):
        recorded_table(path).row("ring", "burn")


def test_what_ships_has_every_mark_under_every_attack() -> None:
    table = recorded_table()
    assert {(row.method, row.attack) for row in table.measured.rows} == {(m, a) for m in METHODS for a in ATTACKS}
    assert all(row.detected.count == row.false_alarms.count == table.count for row in table.measured.rows)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("version",), 2),
        (("rows",), []),
        (("rows", 0, "detected"), [21, 20]),
        (("rows", 0, "detected"), [-1, 20]),
        (("rows", 0, "false_alarms"), [0, 0]),
        (("rows", 0, "median"), "high"),
        (("count",), True),
        (("thresholds",), None),
    ],
)
def test_a_damaged_table_is_refused_in_one_sentence(tmp_path: Path, path: tuple[object, ...], value: object) -> None:
    content = json.loads(table_json(TABLE))
    place = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    file = tmp_path / "table.json"
    file.write_text(json.dumps(content))
    with pytest.raises(AssetError, match="--write") as refused:
        recorded_table(file)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[]", b"[" * 100_000])
def test_what_is_no_table_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "table.json"
    file.write_bytes(data)
    with pytest.raises(AssetError):
        recorded_table(file)
