"""Text that is typed faster than pictures can follow: first it stands there, then the picture is made of it."""

import sys

import pytest

from tests.pty.harness import Program

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a terminal of Linux")

TEXT = ("a red apple and a blue frog beside it, " * 11)[:396] + "9end"


def test_four_hundred_characters_without_bracketed_paste_while_the_picture_is_live(start) -> None:
    program: Program = start((120, 36), ("-m", "tdiff", "--lesson", "5"))
    program.shows("done in 20 steps")
    program.press("/\x15")
    for character in TEXT:
        program.press(character)
        program.read(0)
    program.shows("9end")
    program.shows("done in 8 steps")
    program.press("\x15a cat")
    program.until(lambda: "9end" not in program.text and "prompt a cat" in program.text)
    program.press("\x11")  # ctrl+q
    assert program.ends() == 0
    assert program.sane
