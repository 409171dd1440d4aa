"""Completion offers known words and never breaks what was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdiff.prompt.complete import complete, completed
from tdiff.prompt.understand import understand


@pytest.mark.parametrize(
    ("typed", "first", "whole"),
    [
        ("a fro", "frog", "a frog"),
        ("a yel", "yellow", "a yellow"),
        ("two ice cr", "ice cream", "two ice cream"),
        ("A Fro", "frog", "A frog"),
        ("a cat in retr", None, None),
    ],
)
def test_the_end_of_a_text_is_completed(typed: str, first: str | None, whole: str | None) -> None:
    found = complete(typed)
    if first is None:
        assert all(isinstance(word, str) for word in found)
        return
    assert found[0] == first
    assert completed(typed, found[0]) == whole


@pytest.mark.parametrize("typed", ["", " ", "a frog ", "a", "frog", "zzzz"])
def test_nothing_is_offered_for_a_finished_or_unknown_word(typed: str) -> None:
    assert typed.strip() not in complete(typed)
    if typed in ("", " ", "a frog ", "a", "zzzz"):
        assert complete(typed) == ()


@given(st.text(max_size=30))
def test_any_text_is_taken_and_every_offer_is_understood(text: str) -> None:
    for word in complete(text):
        assert understand(word).has_effect or word in understand(word).text
        whole = completed(text, word)
        assert whole.endswith(word)
