"""The picture on the whole terminal, on one that answers what it is asked, and on one that does not."""

import base64
import os
import re
from pathlib import Path

from tdiff.terminal.pixel_query import QUESTIONS

from ..views.latents import recorded
from .harness import Program

PICTURE = b"\x1b_Ga=T,f=100,"


def seen_in_pixels(program: Program, answer: bytes) -> None:
    """Press the key, and answer as the terminal does."""
    asked = program.output.count(QUESTIONS)
    program.press(".")
    program.until(lambda: program.output.count(QUESTIONS) > asked)
    os.write(program.master, answer)


def test_kitty_shows_it_and_nothing_is_left_behind(tmp_path: Path, start) -> None:
    recorded(tmp_path / "run.tdiff")
    program = start(command=("-m", "tdiff", "run.tdiff"), answers=True)
    program.shows("recorded · tiny-sd d1ffd1ff")
    seen_in_pixels(program, b"\x1b_Gi=31;OK\x1b\\\x1b[6;20;10t\x1b[?62c")
    program.until(lambda: PICTURE in program.output and b"any key goes back" in program.output)
    sent = program.output[program.output.index(PICTURE) :]
    pieces = re.findall(rb"\x1b_G[^;]*;([^\x1b]*)\x1b\\", sent)
    assert base64.b64decode(b"".join(pieces)).startswith(b"\x89PNG")
    before = len(program.output)
    program.press("x")  # any key, which means nothing else
    program.until(lambda: b"\x1b_Ga=d,d=I" in program.output[before:])
    program.shows("recorded · tiny-sd d1ffd1ff")
    program.press(" ")
    program.shows("step 2 of 4")
    asked = program.output.count(QUESTIONS)
    program.press(".")
    program.until(lambda: program.output.count(PICTURE) == 2)  # and it is not asked again
    assert program.output.count(QUESTIONS) == asked
    program.press(" ")
    program.until(lambda: program.output.count(b"\x1b_Ga=d,d=I") == 2)
    program.shows("step 2 of 4")
    program.press("q")
    assert program.ends() == 0 and program.sane
    assert "\x1b_G" not in program.text and program.output.rfind(b"\x1b[?1049l") > program.output.rfind(PICTURE)


def test_a_terminal_without_pixels_shows_half_blocks_and_is_killed_sane(tmp_path: Path, start) -> None:
    recorded(tmp_path / "run.tdiff")
    program = start(command=("-m", "tdiff", "run.tdiff"), answers=True)
    program.shows("recorded · tiny-sd d1ffd1ff")
    seen_in_pixels(program, b"\x1b[?62;22c")
    program.shows("half-blocks · any key goes back")
    program.press(" ")
    program.shows("shows no real pixels")
    program.press(".")
    program.shows("half-blocks · any key goes back")
    program.process.terminate()
    program.ends()
    assert program.sane and PICTURE not in program.output
