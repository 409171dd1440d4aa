"""Terminals are asked whether they show real pixels, and believed; what is sent then is what they understand."""

import base64
import os
import pty
import re
import threading
import tty

import numpy as np
import pytest
from PIL import Image

from tdiff.terminal.pixel_query import QUESTIONS, Pixels, ask, understood
from tdiff.terminal.whole_picture import frame, in_room

KITTY = b"\x1b_Gi=31;OK\x1b\\"
CELL = b"\x1b[6;20;10t"
PICTURE = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)


def nothing() -> str:
    return ""


@pytest.mark.parametrize(
    ("said", "pixels"),
    [
        (b"", Pixels("none")),
        (b"\x1b[?62;22c", Pixels("none")),
        (b"\x1b[?62;4;22c", Pixels("sixel")),
        (b"\x1b[?4c", Pixels("none")),  # a VT132: the first number is the class of the terminal
        (KITTY + CELL + b"\x1b[?62c", Pixels("kitty", (10, 20))),
        (b"\x1b_Gi=31;EINVAL:no\x1b\\\x1b[?62;4c", Pixels("sixel")),
        (b"\x1bP>|iTerm2 3.5.0\x1b\\\x1b[?62;4c", Pixels("iterm2")),
        (b"\x1bP>|WezTerm 20240203\x1b\\\x1b[?65;4c", Pixels("iterm2")),
        (b"\x1bP>|XTerm(390)\x1b\\\x1b[?64;1;4c", Pixels("sixel")),
        (b"\x1b[6;0;0t\x1b[?62;4c", Pixels("sixel")),  # a cell of no size is not believed
    ],
)
def test_what_a_terminal_answers_decides(said: bytes, pixels: Pixels) -> None:
    assert understood(said, False, nothing) == pixels


@pytest.mark.parametrize(("features", "way"), [("256,RGB,sixel,title", "sixel"), ("256,RGB,title", "none")])
def test_tmux_counts_only_where_its_own_terminal_has_sixels(features: str, way: str) -> None:
    assert understood(KITTY + b"\x1b[?1;2;4c", True, lambda: features).way == way


def test_it_is_asked_on_a_terminal_and_a_silent_one_costs_no_more_than_the_patience() -> None:
    master, slave = pty.openpty()
    try:
        tty.setraw(slave)
        assert ask(False, nothing, slave, slave, patience=0.05) == Pixels("none")

        def answer() -> None:
            heard = b""
            while not heard.endswith(QUESTIONS[-3:]) or heard.count(b"\x1b[c") < 2:
                heard += os.read(master, 4096)
            os.write(master, KITTY[:7])
            os.write(master, KITTY[7:] + CELL + b"\x1b[?62c")

        answering = threading.Thread(target=answer)
        answering.start()
        assert ask(False, nothing, slave, slave, patience=30) == Pixels("kitty", (10, 20))
        answering.join()
    finally:
        os.close(master)
        os.close(slave)


def test_kittys_pieces_hold_the_picture() -> None:
    sent = frame(PICTURE, "finished picture", "true", (80, 24), Pixels("kitty", (10, 20)))
    pieces = re.findall(rb"\x1b_G([^;]*);([^\x1b]*)\x1b\\", sent)
    assert all(len(data) <= 4096 for _, data in pieces)
    assert b"q=2" in pieces[0][0] and [b"m=1" in about for about, _ in pieces] == [True] * (len(pieces) - 1) + [False]
    png = base64.b64decode(b"".join(data for _, data in pieces))
    assert _opened(png).size == (672, 448)  # seven times: the most that fits
    assert b"finished picture" in sent and "96×64".encode() in sent


def test_iterm2_is_told_size_and_cells() -> None:
    sent = frame(PICTURE, "t", "true", (80, 24), Pixels("iterm2", (10, 20)))
    found = re.search(rb"\x1b\]1337;File=inline=1;size=(\d+);width=68;height=23:([^\x07]*)\x07", sent)
    assert found is not None and len(base64.b64decode(found[2])) == int(found[1])


def test_sixels_decode_to_the_picture() -> None:
    flat = np.zeros((13, 10, 3), np.uint8)
    flat[:, 5:] = (255, 0, 0)
    sent = frame(flat, "t", "true", (10, 2), Pixels("sixel", (1, 13)))
    assert (_decoded(sent) == flat).all()


def test_without_pixels_half_blocks_fill_the_terminal() -> None:
    sent = frame(PICTURE, "t", "true", (80, 24), Pixels("none")).decode()
    assert "▀" in sent and "half-blocks" in sent and "\x1b_G" not in sent and "\x1bP" not in sent
    rows = [int(row) for row in re.findall(r"\x1b\[(\d+);\d+H", sent)]
    assert max(rows) == 24


@pytest.mark.parametrize(("room", "shape"), [((200, 200), (128, 192)), ((96, 64), (64, 96)), ((48, 64), (32, 48))])
def test_small_pictures_grow_by_whole_factors_and_large_ones_shrink(room, shape) -> None:
    assert in_room(PICTURE, *room).shape[:2] == shape


def _opened(png: bytes) -> Image.Image:
    from io import BytesIO

    return Image.open(BytesIO(png))


def _decoded(sent: bytes) -> np.ndarray:
    """A small sixel terminal."""
    found = re.search(rb'\x1bP0;1q"1;1;(\d+);(\d+)(.*?)\x1b\\', sent, re.DOTALL)
    assert found is not None
    width, height, data = int(found[1]), int(found[2]), found[3]
    palette: dict[int, tuple[int, ...]] = {}
    picture = np.zeros((height + 6, width, 3), np.uint8)
    x = y = colour = 0
    for token in re.finditer(rb"#(\d+)(?:;2;(\d+);(\d+);(\d+))?|!(\d+)(.)|([?-~])|(\$)|(-)", data):
        if token[1] is not None:
            colour = int(token[1])
            if token[2] is not None:
                palette[colour] = tuple(round(int(part) * 255 / 100) for part in token.group(2, 3, 4))
        elif token[8]:
            x = 0
        elif token[9]:
            x, y = 0, y + 6
        else:
            count, char = (int(token[5]), token[6]) if token[5] else (1, token[7])
            bits = char[0] - 63
            for row in range(6):
                if bits >> row & 1:
                    picture[y + row, x : x + count] = palette[colour]
            x += count
    return picture[:height]
