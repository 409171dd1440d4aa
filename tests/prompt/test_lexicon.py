"""Words outside the vocabulary: read as something, suggested, or honestly without effect."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tdiff.prompt.explain import explain
from tdiff.prompt.lexicon import edit_distance, resolve, word_table
from tdiff.prompt.tokenizer import Fate
from tdiff.prompt.understand import understand
from tdiff.prompt.vocabulary import tokens


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pengiun", "penguin"),
        ("buterfly", "butterfly"),
        ("purpel", "purple"),
        ("gitar", "guitar"),
        ("elefant", "elephant"),
        ("yelow", "yellow"),
    ],
)
def test_a_slip_is_read_as_the_word_that_was_meant(typed: str, meant: str) -> None:
    result = understand(f"a {typed}")
    assert [tokens()[i].rstrip("_") for i in result.ids] == [meant]
    word = result.words[-1]
    assert word.fate is Fate.READ_AS
    assert word.suggestion
    assert 0 < word.similarity < 1
    assert explain(result) == [f"{typed} → {meant} (did you mean {meant}?)"]


@pytest.mark.parametrize("word", ["xylem", "qqqq", "zzzzzzzz", "the", "bl", "42", "no", "not", "without"])
def test_what_is_near_nothing_has_no_effect(word: str) -> None:
    reading = resolve(word)
    assert reading is None


@settings(max_examples=2000, deadline=None)
@given(st.text("abcde", max_size=8), st.text("abcde", max_size=8))
def test_edit_distance_is_symmetric_and_bounded(a: str, b: str) -> None:
    distance = edit_distance(a, b, 20)
    assert distance == edit_distance(b, a, 20)
    assert abs(len(a) - len(b)) <= distance <= max(len(a), len(b))
    assert (distance == 0) == (a == b)
    assert edit_distance(a, b, 2) == min(distance, 3)


@pytest.mark.parametrize(
    ("a", "b", "distance"), [("cat", "cta", 1), ("frog", "fog", 1), ("kitten", "sitting", 3), ("", "ab", 2)]
)
def test_edit_distance_of_known_pairs(a: str, b: str, distance: int) -> None:
    assert edit_distance(a, b, 9) == distance


def test_a_word_of_the_table_is_read_as_its_neighbour_and_said() -> None:
    result = understand("a red limousine")
    assert [tokens()[i].rstrip("_") for i in result.ids] == ["red", "car"]
    assert explain(result) == ["limousine → car"]


def test_a_plural_of_a_table_word_is_found_too() -> None:
    assert understand("two poodles").words[-1].reads == "dog"


def test_the_table_leads_only_to_known_words_and_never_replaces_one() -> None:
    for word, reading in word_table().items():
        assert understand(word).words[0].fate in (Fate.READ_AS, Fate.NO_EFFECT), word
        if reading is not None:
            assert understand(reading.phrase).words[0].fate is Fate.KNOWN, reading.phrase
