"""Whether a terminal shows real pixels, and how: it is asked, and nothing is guessed from names in the environment.

All is asked at once, with a question behind it that every terminal answers (primary device attributes), so that nobody
waits for what will never come:

    kitty    APC G i=31 …: a picture of one pixel, which a terminal with kitty's protocol acknowledges
    iTerm2   XTVERSION: iTerm2 and WezTerm say who they are
    sixel    primary device attributes: 4 is among them
    cells    how many pixels a cell has (XTWINOPS 16), which sixels must know

tmux answers for itself. It passes sixels on where it was built with them and its own terminal has them, which it says
in `client_termfeatures`; the other protocols do not get through.
"""

import os
import re
import select
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

Way = Literal["kitty", "iterm2", "sixel", "none"]

QUESTIONS: Final = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\" + b"\x1b[>q" + b"\x1b[16t" + b"\x1b[c"
PATIENCE: Final = 1.0
"""Seconds that an answer may take: a line that is slow, not one that is dead."""

_END: Final = re.compile(rb"\x1b\[\?([\d;]*)c")
_CELL: Final = re.compile(rb"\x1b\[6;(\d{1,4});(\d{1,4})t")
_KITTY: Final = re.compile(rb"\x1b_Gi=31[^\x1b]*;OK\x1b\\")
_NAME: Final = re.compile(rb"\x1bP>\|([^\x1b]*)\x1b\\")
_LIMIT: Final = 4096
_SIXEL: Final = b"4"
_USUAL_CELL: Final = (8, 16)


@dataclass(frozen=True, slots=True)
class Pixels:
    """What a terminal said.

    Attributes:
        way: how pictures are sent; "none" where it shows none.
        cell: pixels of a cell, width and height.
    """

    way: Way
    cell: tuple[int, int] = _USUAL_CELL


def ask(
    in_tmux: bool, tmux_features: Callable[[], str], source: int = 0, sink: int = 2, patience: float = PATIENCE
) -> Pixels:
    """Ask a terminal, which must be in raw mode with nobody else reading from it.

    Args:
        in_tmux: whether tmux stands between.
        tmux_features: returns tmux's `client_termfeatures`.
        source: file descriptor that answers come from.
        sink: file descriptor that questions go to.
        patience: seconds to wait for the answers.
    """
    os.write(sink, QUESTIONS)
    said = b""
    end = time.monotonic() + patience
    while not _END.search(said) and len(said) < _LIMIT:
        left = end - time.monotonic()
        if left <= 0 or not select.select([source], [], [], left)[0]:
            break
        more = os.read(source, _LIMIT)
        if not more:
            break
        said += more
    return understood(said, in_tmux, tmux_features)


def understood(said: bytes, in_tmux: bool, tmux_features: Callable[[], str]) -> Pixels:
    """Return what answers mean; see `ask`."""
    found = _CELL.search(said)
    height, width = (int(found[1]), int(found[2])) if found else (0, 0)
    cell = (width, height) if 2 <= width <= 100 and 2 <= height <= 200 else _USUAL_CELL
    attributes = _END.search(said)
    sixel = attributes is not None and _SIXEL in attributes[1].split(b";")[1:]
    if in_tmux:
        return Pixels("sixel" if sixel and "sixel" in tmux_features() else "none", cell)
    name = _NAME.search(said)
    if _KITTY.search(said):
        return Pixels("kitty", cell)
    if name is not None and name[1].startswith((b"iTerm2", b"WezTerm")):
        return Pixels("iterm2", cell)
    return Pixels("sixel" if sixel else "none", cell)
