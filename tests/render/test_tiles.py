"""Pictures in a terminal: rows break where it ends, and each picture has its label."""

import re

import numpy as np
import pytest
from rich.cells import cell_len

from tdiff.render.tiles import tiles

PICTURES = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), np.uint8)
LABELS = ["guidance 0", "guidance 1", "guidance 4", "guidance 8"]


def plain(line: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", line)


@pytest.mark.parametrize("columns", [1, 7, 20, 31, 32, 33, 64, 65, 80, 98, 131, 140, 500])
@pytest.mark.parametrize("depth", ["true", "ascii"])
def test_no_line_is_wider_than_the_terminal(columns: int, depth: str) -> None:
    long = ["a small red apple in the top left corner of a picture that nobody has ever seen 日本語日本語" * 2] * 4
    for labels in ((), LABELS, long):
        lines = [plain(line) for line in tiles(PICTURES, depth, columns, labels)]
        assert lines and max(map(cell_len, lines)) <= columns


def test_each_label_stands_over_its_picture() -> None:
    for columns, rows in ((65, [2, 2]), (80, [2, 2]), (140, [4]), (98, [3, 1]), (40, [1, 1, 1, 1])):
        lines = [plain(line) for line in tiles(PICTURES, "ascii", columns, LABELS)]
        said = [line for line in lines if line.startswith("guidance")]
        assert len(said) == len(rows)
        left = iter(LABELS)
        for line, count in zip(said, rows, strict=True):
            for place in range(count):
                assert line[33 * place :].startswith(next(left))


def test_a_label_with_more_than_there_is_room_for_ends_in_dots() -> None:
    lines = [plain(line) for line in tiles(PICTURES[:1], "ascii", 80, ["word " * 40])]
    assert lines[2].endswith("…") and not lines[3].startswith("word")


def test_without_labels_there_are_only_pictures() -> None:
    assert len(list(tiles(PICTURES, "true", 140))) == 16


def test_a_label_cannot_act_on_the_terminal() -> None:
    lines = list(tiles(PICTURES[:1], "ascii", 80, ["\x1b]0;pwn\x07 a\nb"]))
    assert not any(sign in lines[0] for sign in "\x1b\x07\n")


def test_labels_must_fit_the_pictures() -> None:
    with pytest.raises(ValueError, match="3 labels for 4 pictures"):
        list(tiles(PICTURES, "true", 80, LABELS[:3]))
