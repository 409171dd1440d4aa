"""One picture on the whole terminal, in real pixels where it shows them, until a key is pressed.

The explorer is suspended meanwhile: nothing else writes to the terminal or reads from it. The picture stands on the
alternate screen, which takes it away when it is left; kitty is told besides to forget it.
"""

import base64
import os
import select
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from tdiff.arrays import U8
from tdiff.render.halfblock import encode
from tdiff.render.palette import Depth
from tdiff.render.pixels import resized, upscale
from tdiff.render.png import png_bytes
from tdiff.render.sixel import sixel_bytes
from tdiff.terminal.pixel_query import Pixels
from tdiff.text import clean_text

_KITTY_ID: Final = 7219
_CHUNK: Final = 4096
"""Bytes of one piece of kitty's protocol."""
_LOOK_SECONDS: Final = 0.25
"""Between two looks at the size of the terminal."""
_OPEN: Final = b"\x1b[?1049h\x1b[?25l\x1b[0m\x1b[2J\x1b[H"
_FORGET: Final = b"\x1b_Ga=d,d=I,i=%d,q=2\x1b\\" % _KITTY_ID
_CLOSE: Final = b"\x1b[0m\x1b[2J\x1b[?25h\x1b[?1049l"
_NAMES: Final = {"kitty": "kitty's pixels", "iterm2": "iTerm2's pixels", "sixel": "sixels", "none": "half-blocks"}


def show(picture: U8, title: str, depth: Depth, ask: Callable[[], Pixels], source: int = 0, sink: int = 2) -> Pixels:
    """Show a picture until a key is pressed, or the terminal goes away; the terminal is as it was afterwards.

    Args:
        picture: (H, W, 3).
        title: what it is.
        depth: colours of half-blocks, where there are no pixels.
        ask: what it can show; it may be asked for that now.
        source: file descriptor that keys and answers come from.
        sink: file descriptor that it is drawn by.

    Returns:
        What the terminal said.
    """
    with _raw(source):
        _write(sink, _OPEN)
        pixels = None
        try:
            pixels = ask()
            drawn = None
            while not select.select([source], [], [], 0 if drawn is None else _LOOK_SECONDS)[0]:
                size = os.get_terminal_size(sink)
                if size != drawn:
                    drawn = size
                    _write(sink, frame(picture, title, depth, size, pixels))
        finally:
            forget = _FORGET if pixels is not None and pixels.way == "kitty" else b""
            _write(sink, forget + _CLOSE)
    return pixels


def frame(picture: U8, title: str, depth: Depth, size: tuple[int, int], pixels: Pixels) -> bytes:
    """Return what is written to show a picture over a line of text.

    Args:
        picture: (H, W, 3).
        title: what it is.
        depth: colours of half-blocks.
        size: of the terminal, columns and rows.
        pixels: how it shows them.
    """
    columns, rows = max(size[0], 1), max(size[1] - 1, 1)
    height, width = picture.shape[:2]
    said = f"{title} · {width}×{height} in {_NAMES[pixels.way]} · any key goes back"
    line = b"\x1b[%d;1H\x1b[0m%s" % (rows + 1, clean_text(said, columns).encode())
    return b"\x1b[0m\x1b[2J\x1b[H" + b"".join(_drawn(picture, depth, columns, rows, pixels)) + line


def _drawn(picture: U8, depth: Depth, columns: int, rows: int, pixels: Pixels) -> Iterator[bytes]:
    """The picture in the middle of so many cells."""
    cell = (1, 2) if pixels.way == "none" else pixels.cell
    shown = in_room(picture, columns * cell[0], rows * cell[1])
    across, down = -(-shown.shape[1] // cell[0]), -(-shown.shape[0] // cell[1])
    top, left = (rows - down) // 2, (columns - across) // 2
    if pixels.way == "none":
        for row, text in enumerate(encode(shown, depth)):
            yield b"\x1b[%d;%dH%s" % (top + row + 1, left + 1, text.encode())
        return
    yield b"\x1b[%d;%dH" % (top + 1, left + 1)
    if pixels.way == "sixel":
        yield sixel_bytes(shown)
    elif pixels.way == "kitty":
        yield from _kitty(png_bytes(shown))
    else:
        png = png_bytes(shown)
        about = b"inline=1;size=%d;width=%d;height=%d" % (len(png), across, down)
        yield b"\x1b]1337;File=%s:%s\x07" % (about, base64.b64encode(png))


def in_room(picture: U8, width: int, height: int) -> U8:
    """Show a picture as large as fits, in whole multiples of its pixels where it is smaller than the room."""
    rows, columns = picture.shape[:2]
    factor = min(width // columns, height // rows)
    if factor >= 1:
        return upscale(picture, factor)
    share = min(width / columns, height / rows)
    return resized(picture, max(1, int(rows * share)), max(1, int(columns * share)))


def _kitty(png: bytes) -> Iterator[bytes]:
    """A PNG in pieces: shown where the cursor is, pixel for pixel, with no answer."""
    data = base64.b64encode(png)
    pieces = [data[first : first + _CHUNK] for first in range(0, len(data), _CHUNK)]
    for place, piece in enumerate(pieces):
        about = b"a=T,f=100,i=%d,C=1,q=2," % _KITTY_ID if place == 0 else b""
        yield b"\x1b_G%sm=%d;%s\x1b\\" % (about, place < len(pieces) - 1, piece)


@contextmanager
def _raw(terminal: int) -> Iterator[None]:
    """Every key at once and unseen, also those that would end or stop the program."""
    before: list[Any] = termios.tcgetattr(terminal)
    tty.setraw(terminal)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)


def _write(terminal: int, data: bytes) -> None:
    """All of it, however slowly it is taken."""
    while data:
        data = data[os.write(terminal, data) :]
