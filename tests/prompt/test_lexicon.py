"""Words outside the vocabulary: read as something, suggested, or honestly without effect."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tdiff.paths import asset_path
from tdiff.prompt import lexicon
from tdiff.prompt.complete import complete
from tdiff.prompt.explain import explain
from tdiff.prompt.lexicon import Table, edit_distance, fingerprint, nearest_table, resolve, slip, word_table
from tdiff.prompt.tokenizer import Fate, Reading, tokenize
from tdiff.prompt.understand import understand_words
from tdiff.prompt.vocabulary import tokens
from tdiff.world.concepts import LEFT_OUT

LEAST = 0.30
"""Similarity below which nothing is read as anything."""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pengiun", "penguin"),
        ("buterfly", "butterfly"),
        ("purpel", "purple"),
        ("gitar", "guitar"),
        ("elefant", "elephant"),
        ("yelow", "yellow"),
        ("appel", "apple"),
    ],
)
def test_a_slip_is_read_as_the_word_that_was_meant(typed: str, meant: str) -> None:
    result = understand_words(f"a {typed}")
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
    result = understand_words("a red limousine")
    assert [tokens()[i].rstrip("_") for i in result.ids] == ["red", "car"]
    assert explain(result) == ["limousine → car"]


def test_a_noun_that_the_model_is_not_asked_for_is_read_as_another_or_marked() -> None:
    for noun in LEFT_OUT:
        words = understand_words(f"a {noun}").words[1:]
        assert {word.fate for word in words} <= {Fate.READ_AS, Fate.NO_EFFECT}, noun
        assert noun not in complete(noun[:-1], 100)
    assert explain(understand_words("two crocodiles")) == ["crocodiles → dinosaur"]


def test_a_plural_of_a_table_word_is_found_too() -> None:
    assert understand_words("two poodles").words[-1].reads == "dog"


def test_a_plural_of_a_listed_word_is_read_in_the_plural() -> None:
    assert understand_words("three poodles").ids == understand_words("three dogs").ids
    assert understand_words("two woodpeckers").ids == understand_words("two birds").ids
    assert understand_words("two knives").ids == understand_words("two swords").ids
    assert understand_words("a poodle's").ids == understand_words("a dog").ids


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("woodpecker", "bird"),
        ("sloop", "boat"),
        ("paperback", "book"),
        ("haddock", "fish"),
        ("greyhound", "dog"),
        ("oboe", "trumpet"),
        ("squirrel", "rabbit"),
        ("taupe", "gray"),
        ("toadstool", "mushroom"),
        ("puppy", "dog"),
    ],
)
def test_a_common_noun_is_read_as_what_it_is_nearest_to(typed: str, meant: str) -> None:
    assert understand_words(f"a {typed}").words[-1].reads == meant


def test_a_computed_reading_says_how_similar_the_two_are() -> None:
    reading = resolve("woodpecker")
    assert reading is not None
    assert not reading.suggestion
    assert explain(understand_words("a woodpecker")) == [f"woodpecker → bird (similarity {reading.similarity:.2f})"]


@pytest.mark.parametrize(
    "word",
    ["democracy", "freedom", "justice", "theory", "economy", "silence", "happiness", "month", "price", "religion"],
)
def test_an_abstract_word_has_no_effect(word: str) -> None:
    assert understand_words(word).words[0].fate is Fate.NO_EFFECT


@pytest.mark.parametrize("word", ["wish", "dish", "cost", "cart", "hose", "wolfed"])
def test_a_real_word_is_not_taken_for_a_slip_of_another(word: str) -> None:
    assert resolve(word) is None


def test_a_person_is_not_read_as_a_thing() -> None:
    for word in ("drummer", "photographer", "cyclist", "astronaut", "foreigner", "widow", "nurse", "sailor"):
        assert resolve(word) is None, word


@pytest.mark.parametrize("word", ["crap", "bugger"])
def test_an_offensive_word_is_neither_read_nor_guessed_at(word: str) -> None:
    assert slip(word) is not None  # so without the guard it would be read as something
    assert fingerprint(word) in asset_path("words/not_guessed.txt").read_text("utf-8").split()
    assert word not in nearest_table()
    assert resolve(word) is None


def test_the_table_made_by_hand_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"hedge": Reading("tree", None), "notion": None}
    monkeypatch.setattr(lexicon, "word_table", lambda: both)
    monkeypatch.setattr(
        lexicon, "nearest_table", lambda: dict.fromkeys(("hedge", "hedges", "notion"), Reading("cat", 0.5))
    )
    assert resolve("hedge") == Reading("tree", None)
    assert resolve("hedges") == Reading("trees", None)
    assert resolve("notion") is None


def test_a_listed_word_beats_a_slip(monkeypatch: pytest.MonkeyPatch) -> None:
    assert slip("appel") == Reading("apple", 0.8, suggestion=True)
    monkeypatch.setattr(lexicon, "nearest_table", lambda: {"appel": Reading("bell", 0.6)})
    assert resolve("appel") == Reading("bell", 0.6)


def test_the_computed_table_is_large_sorted_and_within_its_threshold() -> None:
    readings = [reading for reading in nearest_table().values() if reading is not None]
    assert len(readings) > 1000
    assert list(nearest_table()) == sorted(nearest_table())
    assert all(LEAST <= reading.similarity <= 1 for reading in readings)


@pytest.mark.parametrize("table", [word_table, nearest_table])
def test_a_table_leads_only_to_known_words_and_never_replaces_one(table: Callable[[], Table]) -> None:
    for word, reading in table().items():
        assert tokenize(word).words[0].fate is Fate.NO_EFFECT, word
        if reading is not None:
            assert tokenize(reading.phrase).words[0].fate is Fate.KNOWN, reading.phrase


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=40) | st.from_regex(r"[a-z]{1,12}('s|s|es|ies|ves)?", fullmatch=True))
def test_any_text_is_resolved_without_an_error_and_to_a_known_phrase(word: str) -> None:
    reading = resolve(word)
    if reading is not None:
        assert tokenize(reading.phrase).words[0].fate is Fate.KNOWN
