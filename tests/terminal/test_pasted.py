"""Escape characters of a paste come through as text, however the bytes are cut; keys are not delayed."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.events import Key, Paste

from tdiff.terminal.pasted import PastedEscapes

PASTE = "\x1b[200~red\x1b[31mcat\x1b\x1b[201~"


def test_the_whole_text_of_a_paste_arrives_and_nothing_of_it_as_keys() -> None:
    events = list(XTermParser().feed(PastedEscapes().feed(f"a{PASTE}b")))
    assert [event.text for event in events if isinstance(event, Paste)] == ["red\u241b[31mcat\u241b"]
    assert [event.character for event in events if isinstance(event, Key)] == ["a", "b"]


def test_keys_outside_a_paste_are_passed_on_at_once() -> None:
    pasted = PastedEscapes()
    for key in ("\x1b", "\x1b[A", "\x1b[2", "q"):
        assert pasted.feed(key) == key


@given(st.lists(st.integers(0, len(PASTE)), max_size=8))
def test_it_is_the_same_however_it_is_cut(cuts: list[int]) -> None:
    pasted = PastedEscapes()
    pieces = [pasted.feed(PASTE[a:b]) for a, b in pairwise([0, *sorted(cuts), len(PASTE)])]
    assert "".join(pieces) == "\x1b[200~red\u241b[31mcat\u241b\x1b[201~"
